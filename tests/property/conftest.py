"""Fixtures of the property tests: those of the rules."""

from support.quick import built, desk, tmp_path

__all__ = ["built", "desk", "tmp_path"]
