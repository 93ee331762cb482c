"""Ladders: what may be said of a place, a date, an age or a sum instead, each rung wider."""
