"""Dates, times and zones as people write and read them."""
