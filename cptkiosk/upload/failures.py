"""What a server's failure means, as a sentence for a proctor; see `failures.toml`."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


def explain_failure(kind: str, said: str, *, code: str = "", **names: object) -> str:
    """Return what happened, what is safe and what to do.

    Args:
        kind: of the server, as in `failures.toml`.
        said: what it or its program said.
        code: the code that came with it, if one did.
        names: what the sentence names.
    """
    return next(
        str(one["says"]).format(code=code, **names)
        for one in _load_failures()[kind]
        if any(re.search(mark, said) for mark in one.get("marks", ()))
        or any(re.fullmatch(known, code) for known in one.get("codes", ()))
    )


@cache
def _load_failures() -> Mapping[str, list[dict[str, Any]]]:
    path = Path(__file__).with_name("failures.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
