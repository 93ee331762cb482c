"""The reading room: verifies what the archive released, and finds in it."""
