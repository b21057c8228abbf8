"""Rosters as people really have them, read into rows."""
