"""The machines that face the world: an intake that cannot read, and a reading room."""
