"""Packages that outlive this program: bags that standard tools alone can verify, and open."""
