"""The append-only record in one SQLite file."""
