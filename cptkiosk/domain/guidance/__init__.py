"""The next thing to do, by session and for the day."""
