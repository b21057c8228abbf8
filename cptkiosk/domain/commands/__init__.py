"""What people ask for, by subject."""
