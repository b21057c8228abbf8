"""Everything that can be measured of a bundle about one attempt in it.

Nothing is chosen by what it means: sizes, numbers, places, orders, counts and words of
every file, so that a leak that nobody thought of is measured too.
"""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping

Features = dict[str, float]

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
WORD = re.compile(r"[A-Za-z][A-Za-z-]{2,}")
CODED = re.compile(r"[0-9a-f]{32,64}|[A-Za-z0-9+/]{40,}={0,2}")
"""Hashes, salts and signatures; they count by their number and their first bytes."""

WORDS_MAX = 60


def unpack(data: bytes) -> dict[str, str]:
    """Return the files of a bundle, and of the zip itself its dates and order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {one: archive.read(one).decode() for one in archive.namelist()}
        files["zip"] = " ".join(f"{one.date_time}" for one in archive.filelist)
    return files


def measure_bundle(data: bytes, before: bytes) -> dict[str, Features]:
    """Return the features of each attempt of a bundle.

    Args:
        data: the bundle.
        before: the one that the receiver got before, or nothing.
    """
    files = unpack(data)
    rows = list(csv.DictReader(io.StringIO(files["attempts.csv"].lstrip("\ufeff"))))
    common = dict(_measure_files(files, len(rows)))
    common |= _differences(common, before)
    return {
        row["attempt_id"]: {**common, **dict(_measure_attempt(files, row, at))}
        for at, row in enumerate(rows)
    }


def _measure_files(files: Mapping[str, str], count: int) -> Iterator[tuple[str, float]]:
    """Yield what is the same for everybody in a bundle, and its share of a person."""
    for name, text in sorted(files.items()):
        bare = CODED.sub("", text)
        numbers = [float(one) for one in NUMBER.findall(bare)]
        sizes = {
            "bytes": len(text.encode()),
            "lines": text.count("\n"),
            "codes": len(CODED.findall(text)),
            "numbers": len(numbers),
            "sum": sum(numbers),
            "highest": max(numbers, default=0),
        }
        for what, value in sizes.items():
            yield f"{name} {what}", value
            yield f"{name} {what} each", value / count
    for name, value in _walk(json.loads(files["manifest.json"])):
        yield f"manifest {name}", value
        yield f"manifest {name} each", value / count


def _walk(value: object, name: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number in a JSON value, and how long its texts are."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from _walk(inner, f"{name}.{key}")
        case list():
            yield name, len(value)
            for inner in value:
                yield from _walk(inner, name)
        case str():
            yield f"{name} digits", float("".join(re.findall(r"\d", value))[:15] or 0)
        case int() | float():
            yield name, float(value)


def _differences(common: Features, before: bytes) -> Features:
    """Return how much each figure grew since the bundle before: what one session added."""
    if not before:
        return {}
    files = unpack(before)
    count = files["attempts.csv"].count("\n") - 1
    earlier = dict(_measure_files(files, count))
    people = common.get("attempts.csv lines", 2) - 1
    grown = {}
    for name, value in common.items():
        if name in earlier:
            grown[f"{name} grown"] = value - earlier[name]
            grown[f"{name} grown each"] = (value - earlier[name]) / people
    return grown


def _measure_attempt(
    files: Mapping[str, str], row: Mapping[str, str], at: int
) -> Iterator[tuple[str, float]]:
    """Yield where and how often one person is in each file, and beside which words."""
    yield "row", at
    for column, cell in row.items():
        yield f"cell {column} length", len(cell)
        digits = re.sub(r"\D", "", cell)
        yield f"cell {column} number", float(digits[:15] or -1)
        for word in WORD.findall(cell):
            yield f"cell {column} {word}", 1
    for name, text in files.items():
        lines = text.splitlines()
        for key in ("attempt_id", "participant_id", "person", "user_code"):
            told = [n for n, line in enumerate(lines) if row[key] and row[key] in line]
            yield f"{name} {key} count", text.count(row[key]) if row[key] else 0
            if told:
                yield f"{name} {key} first", told[0] / len(lines)
                yield f"{name} {key} last", told[-1] / len(lines)
                yield f"{name} {key} spread", told[-1] - told[0]
        own = [line for line in lines if row["attempt_id"] in line]
        words = Counter(word for line in own for word in WORD.findall(line[:4000]))
        for word, count in words.most_common(WORDS_MAX):
            yield f"{name} says {word}", count
        place = text.find(row["attempt_id"])
        if place >= 0:
            near = text[place : place + 600]
            codes = CODED.findall(near)
            yield (
                f"{name} code",
                float(int(codes[0][:6].encode().hex(), 16)) if codes else 0,
            )
            yield f"{name} near", len(CODED.sub("", near))
