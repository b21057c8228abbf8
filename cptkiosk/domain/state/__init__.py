"""What events add up to: session, attempt, candidate, center."""
