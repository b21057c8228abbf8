"""The base of the screens: bars, keys, Next line and what a session's screens share."""
