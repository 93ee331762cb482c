"""What a release may still tell: counts, estimates and attacks over what would leave, and never one score."""
