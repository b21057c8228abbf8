"""The terminal program: draws and asks, decides nothing."""
