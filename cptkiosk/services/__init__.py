"""Use cases that ask the desk more than one question, one a file."""
