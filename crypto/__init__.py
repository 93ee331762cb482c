"""Formats and keys: what both sides of the air gap must agree on. Imports nothing of ours."""
