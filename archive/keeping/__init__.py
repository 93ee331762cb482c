"""Keeping what the vault holds: backup, restore, verification, and destruction."""
