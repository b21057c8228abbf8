"""Frames of every screen, kept as text."""
