"""The rules: pure, without clock, file or screen."""
