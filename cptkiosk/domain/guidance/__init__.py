"""What comes next, for whom."""
