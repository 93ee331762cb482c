"""Engines of search that are reached over a network: for the reading room only, never for the archive."""
