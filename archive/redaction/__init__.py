"""Redaction: text and decisions in, redacted text out. Nothing in spans or residue touches a vault."""
