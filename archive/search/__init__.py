"""The index: one analyzer for Hangul, Han and Latin, Whoosh in memory, excerpts. Never touches a vault."""
