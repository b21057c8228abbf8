"""What may happen, by subject: each file ends in its table of rules."""
