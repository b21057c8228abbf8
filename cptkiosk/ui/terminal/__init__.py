"""The terminal itself: what is read from it, what is written to it, its signals."""
