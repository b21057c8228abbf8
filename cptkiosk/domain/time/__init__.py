"""Instants, days and durations: what time means, given as a value."""
