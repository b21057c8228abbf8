"""What the terminal program ends with, besides 0."""

REHEARSE = 64
"""Asks for a rehearsal, and for the kiosk again after it."""
