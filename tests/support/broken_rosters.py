"""Rosters as people break them, from a seed, and what may not come of it.

A roster begins right, with people that are known. One to three of `ON_THE_GRID` break
its rows, then one of `ON_THE_FILE` the file. Whatever was done: everybody is read as they
are, or a rejected row or a note says so.
"""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import replace

from support.roster_draft import (
    TITLES,
    Breakage,
    Draft,
    Line,
    Truth,
    make_people,
)
from support.workbooks import Cell, Formula, Number, Page, workbook


def draft(seed: int) -> Draft:
    """Return a roster, broken by this seed."""
    rng = random.Random(seed)
    made = _written(rng, make_people(rng))
    _break(made)
    return made


def roster_with_zeros(rng: random.Random) -> Draft:
    """Return a right roster whose IDs all begin with zeros."""
    people = make_people(rng)
    while not all(who.startswith("0") for who in people):
        people = make_people(rng)
    made = _written(rng, people)
    ON_THE_FILE["plain"](made)
    return made


def roster_with_zeros_cut(good: Draft) -> Draft:
    """Return a second roster of the same people: no ID has its zeros, and more is broken."""
    made = _written(good.rng, {**good.people})
    made.put("id", lambda cell: cell.lstrip("0"), made.owned())
    made.done.append("all zeros cut")
    _break(made)
    return made


def _written(rng: random.Random, people: dict[str, Truth]) -> Draft:
    """Return a right roster of these people."""
    keys = [*TITLES]
    if rng.random() < 0.3:
        rng.shuffle(keys)
    header = Line([TITLES[key] for key in keys])
    lines = [header]
    for who in people.values():
        values = {
            "id": who.participant_id, "family": who.family, "given": who.given,
            "born": who.born, "module": who.module, "time": who.time,
            "code": who.code, "note": "",
        }  # fmt: skip
        lines.append(Line([values[key] for key in keys], who.participant_id))
    return Draft(rng, people, keys, lines, header)


def _break(made: Draft) -> None:
    """Break up to three things in the rows, then the file."""
    rng = made.rng
    names = rng.sample([*ON_THE_GRID], rng.randint(0, 3))
    # Whose an ID is, nobody can tell where its owner's own row has lost it, too.
    alone = [name for name in names if name in ("an ID twice", "a code twice")]
    for name in alone[:1] or names:
        ON_THE_GRID[name](made)
        made.done.append(name)
    name = rng.choice([*ON_THE_FILE])
    ON_THE_FILE[name](made)
    made.done.append(name)


# Rows


def _dates(shape: str) -> Breakage:
    def change(made: Draft) -> None:
        def written(day: str) -> str:
            if day.count("-") != 2:
                return day
            year, month, of_month = day.split("-")
            return shape.format(y=year, yy=year[2:], m=int(month), d=int(of_month))

        some = made.some() if made.rng.random() < 0.3 else made.owned()
        # Nothing tells days from months where no day is past the twelfth.
        plain = shape.startswith("{m}")
        if plain or any(int(made.people[one.owner].born[-2:]) > 12 for one in some):
            made.put("born", written, some)

    return change


def _cells(key: str, change: Callable[[str], str]) -> Breakage:
    def broken(made: Draft) -> None:
        if made.has(key):
            made.put(key, change, made.some())

    return broken


def _lose_zeros(made: Draft) -> None:
    zeros = [line for line in made.owned() if line.owner.startswith("0")]
    if len(zeros) > 1:
        made.put("id", lambda cell: cell.lstrip("0"), zeros[:1])


def _shorten(made: Draft) -> None:
    def written(cell: str) -> str:
        return f"{int(cell):.2E}" if cell.isdecimal() and len(cell) > 8 else cell

    made.put("id", written, made.some())


def _round(made: Draft) -> None:
    def written(cell: str) -> str:
        return cell[:15] + "0" * len(cell[15:]) if cell.isdecimal() else cell

    made.put("id", written, made.owned())


def _insert(*cells: str, again: bool = False) -> Breakage:
    def change(made: Draft) -> None:
        at = made.lines.index(made.header) + 1
        where = made.rng.randint(at, len(made.lines))
        own = [*made.header.cells] if again else [*cells]
        made.lines.insert(where, Line(own))

    return change


def _title(made: Draft) -> None:
    made.lines.insert(0, Line(["Northfield High, spring list"]))
    made.lines.insert(1, Line([]))


def _turn(made: Draft) -> None:
    """Begin again with another header, in another order, below half of the rows."""
    if any(len(line.cells) != len(made.keys) for line in made.owned()):
        return
    order = [*range(len(made.keys))]
    made.rng.shuffle(order)
    half = made.lines.index(made.owned()[len(made.owned()) // 2])
    for line in made.lines[half:]:
        if line.owner:
            line.cells = [line.cells[at] for at in order]
    made.lines.insert(half, Line([made.header.cells[at] for at in order]))
    made.keys = []


def _shift(made: Draft) -> None:
    """Lose one cell of a row: what is right of it moves to the left."""
    line = made.one()
    del line.cells[made.rng.randrange(len(line.cells))]


def _trim(made: Draft) -> None:
    for line in made.lines:
        while line.cells and not line.cells[-1]:
            line.cells.pop()


def _repeat(made: Draft) -> None:
    line = made.one()
    made.lines.append(Line([*line.cells], line.owner))


def _same_id(made: Draft) -> None:
    one, other = made.rng.sample(made.owned(), 2)
    if made.has("id") and max(len(one.cells), len(other.cells)) <= len(made.keys):
        other.cells[made.column("id")] = one.cells[made.column("id")]


def _same_code(made: Draft) -> None:
    one, other = made.rng.sample(made.owned(), 2)
    if made.has("code"):
        at = made.column("code")
        if at < min(len(one.cells), len(other.cells)):
            other.cells[at] = one.cells[at]


def _add_column(title: str, cell: Callable[[Draft, Line], str]) -> Breakage:
    def change(made: Draft) -> None:
        if title in made.header.cells or not made.keys:
            return
        at = made.rng.randint(0, len(made.keys))
        made.keys.insert(at, title)
        for line in made.lines:
            if line is made.header or "Student ID" in line.cells:
                line.cells.insert(at, title)
            elif line.owner and at <= len(line.cells):
                line.cells.insert(at, cell(made, line))

    return change


def _gone(made: Draft, line: Line, word: str, otherwise: str) -> str:
    if not made.people[line.owner].comes:
        return word
    # By the person, not by the row: some stand in two.
    if int(line.owner) % 3 == 0:
        made.people[line.owner] = replace(made.people[line.owner], comes=False)
        return word
    return otherwise


def _odd_quotes(made: Draft) -> None:
    if not made.has("note") or made.column("note") != len(made.keys) - 1:
        return
    first, second = sorted(made.rng.sample(range(len(made.owned())), 2))
    at = made.column("note")
    for place, text in ((first, '"see nurse'), (second, 'late bus"')):
        line = made.owned()[place]
        if len(line.cells) == len(made.keys):
            line.cells[at] = text
    made.done.append("raw")


def _unclosed(made: Draft) -> None:
    line = made.one()
    if line.cells:
        at = made.rng.randrange(len(line.cells))
        line.cells[at] = f'"{line.cells[at]}'
        made.done.append("raw")


def _unquoted_comma(made: Draft) -> None:
    if made.has("given"):
        line = made.one()
        made.put("given", lambda cell: f"{cell}, B.", [line])
        who = made.people[line.owner]
        made.people[line.owner] = replace(who, given=f"{who.given}, B.")
        made.done.append("raw")


def _whole_names(made: Draft, join: Callable[[str, str], str]) -> None:
    if not made.has("family", "given"):
        return
    family, given = made.column("family"), made.column("given")
    if any(len(line.cells) <= max(family, given) for line in made.owned()):
        return
    for line in (made.header, *made.owned()):
        line.cells[family] = (
            "Student Name"
            if line is made.header
            else join(line.cells[family], line.cells[given])
        )
        del line.cells[given]
    made.keys[family] = "name"
    made.keys.remove("given")


def _below_blank_ids(made: Draft) -> None:
    """Leave the ID to the first of two rows, as merged cells do."""
    if made.has("id"):
        line = made.one()
        copy = Line([*line.cells], line.owner)
        if len(copy.cells) == len(made.keys):
            copy.cells[made.column("id")] = ""
            made.lines.insert(made.lines.index(line) + 1, copy)


ON_THE_GRID: dict[str, Breakage] = {
    "American dates": _dates("{m}/{d}/{y}"),
    "days first": _dates("{d}/{m}/{y}"),
    "years of two digits": _dates("{m}/{d}/{yy}"),
    "dates with points": _dates("{d}.{m}.{y}"),
    "kept as text by a formula": _cells("id", lambda cell: f'="{cell}"'),
    "kept as text by an apostrophe": _cells("code", lambda cell: f"'{cell}"),
    "zeros cut": _lose_zeros,
    "shortened numbers": _shorten,
    "rounded numbers": _round,
    "an ID made a date": _cells("id", lambda _: "7-Mar"),
    "a failed lookup": _cells("time", lambda _: "#N/A"),
    "a failed reference": _cells("module", lambda _: "#REF!"),
    "a yes for a time": _cells("time", lambda cell: "TRUE" if cell else ""),
    "decimals": _cells("id", lambda cell: f"{cell}.0" if cell.isdecimal() else cell),
    "blanks around": _cells("family", lambda cell: f"  {cell}\u00a0"),
    "capitals": _cells("note", str.upper),
    "letters lost": _cells(
        "family", lambda cell: cell.encode("ascii", "replace").decode()
    ),
    "letters read twice": _cells(
        "given", lambda cell: cell.encode().decode("cp1252", "replace")
    ),
    "the header again": _insert(again=True),
    "a total": _insert("Total", "8"),
    "points possible": _insert("    Points Possible", "", "100"),
    "a blank row": _insert(),
    "a title": _title,
    "another header": _turn,
    "a cell lost": _shift,
    "short rows": _trim,
    "a row twice": _repeat,
    "an ID twice": _same_id,
    "a code twice": _same_code,
    "a blank ID below": _below_blank_ids,
    "a state ID": _add_column(
        "State ID", lambda made, _: str(made.rng.randrange(10**8))
    ),
    "who left": _add_column(
        "Status", lambda made, line: _gone(made, line, "Withdrawn", "Active")
    ),
    "who teaches": _add_column(
        "role", lambda made, line: _gone(made, line, "teacher", "student")
    ),
    "minutes": _add_column("IEP Minutes", lambda made, _: "135"),
    "odd quotation marks": _odd_quotes,
    "an unclosed quotation mark": _unclosed,
    "a comma without quotation marks": _unquoted_comma,
    "last, first": lambda made: _whole_names(
        made, lambda last, first: f"{last}, {first}"
    ),
    "a suffix": lambda made: _whole_names(
        made, lambda last, first: f"{last}, Jr., {first}"
    ),
}


# Files


def _text(encoding: str, delimiter: str = ",", end: str = "\n") -> Breakage:
    def change(made: Draft) -> None:
        if "raw" in made.done:
            rows = [delimiter.join(line.cells) for line in made.lines]
            text = end.join([*rows, ""])
        else:
            out = io.StringIO()
            writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
            writer.writerows(line.cells for line in made.lines)
            text = out.getvalue()
        made.data = text.encode(encoding, "replace")

    return change


def _directive(made: Draft) -> None:
    made.lines.insert(0, Line(["sep=;"]))
    _text("utf-8", ";")(made)


def _book(change: Callable[[Draft, list[list[Cell]]], dict[str, object]]) -> Breakage:
    def broken(made: Draft) -> None:
        if "a cell lost" in made.done:
            # A sheet is a rectangle: a row that lost a cell does not end early there.
            _text("utf-8")(made)
            return
        made.name = "roster.xlsx"
        rows: list[list[Cell]] = [[*line.cells] for line in made.lines]
        more = change(made, rows)
        hidden = more.get("hidden", frozenset())
        assert isinstance(hidden, frozenset)
        pages = [Page(rows, "Class", hidden)]
        extra = more.get("page")
        if isinstance(extra, Page):
            pages.append(extra)
        made.data = workbook(*pages)

    return broken


def _as_numbers(made: Draft, rows: list[list[Cell]]) -> dict[str, object]:
    """Store the IDs as numbers, with the format that shows their zeros."""
    if made.has("id"):
        at = made.column("id")
        for line, row in zip(made.lines, rows, strict=True):
            if line.owner and at < len(row) and str(row[at]).isdecimal():
                text = str(row[at])
                row[at] = Number(str(float(text)), "0" * len(text))
    return {}


def _uncomputed(made: Draft, rows: list[list[Cell]]) -> dict[str, object]:
    if made.has("time"):
        at = made.column("time")
        for line, row in zip(made.lines, rows, strict=True):
            if line.owner and at < len(row) and made.rng.random() < 0.3:
                row[at] = Formula(None)
    return {}


def _hide(made: Draft, rows: list[list[Cell]]) -> dict[str, object]:
    some = made.some()
    return {
        "hidden": frozenset(
            n
            for n, line in enumerate(made.lines, 1)
            if any(line is one for one in some)
        )
    }


def _second_sheet(made: Draft, rows: list[list[Cell]]) -> dict[str, object]:
    half = len(rows) // 2
    start = made.lines.index(made.header)
    if half <= start + 1:
        return {}
    page = Page([[*made.header.cells], *rows[half:]], "Period 2")
    del rows[half:]
    for row, line in enumerate(made.lines[half:], 2):
        line.row = row
    return {"page": page}


def _beside(made: Draft) -> None:
    """Put the second half of the rows beside the first."""
    clean = made.lines[0] is made.header and all(
        line.owner and len(line.cells) == len(made.keys) for line in made.lines[1:]
    )
    if clean and made.keys and "raw" not in made.done:
        half = (len(made.lines) + 1) // 2
        width = len(made.keys)
        left = [made.header.cells, *(line.cells for line in made.lines[1:half])]
        right = [made.header.cells, *(line.cells for line in made.lines[half:])]
        for row, line in enumerate(made.lines[half:], 2):
            line.row = row
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        for at in range(max(len(left), len(right))):
            one = left[at] if at < len(left) else [""] * width
            two = right[at] if at < len(right) else [""] * width
            writer.writerow([*one, "", *two])
        made.data = out.getvalue().encode()
    else:
        _text("utf-8")(made)


ON_THE_FILE: dict[str, Breakage] = {
    "plain": _text("utf-8"),
    "with a mark": _text("utf-8-sig"),
    "semicolons": _text("utf-8", ";"),
    "tabs": _text("utf-16", "\t"),
    "bars": _text("utf-8", "|", "\r\n"),
    "Windows": _text("cp1252", ",", "\r\n"),
    "DOS": _text("cp850"),
    "an old Macintosh": _text("mac-roman", ",", "\r"),
    "a directive": _directive,
    "two tables beside": _beside,
    "a workbook": _book(lambda made, rows: {}),
    "numbers in a workbook": _book(_as_numbers),
    "formulas not computed": _book(_uncomputed),
    "hidden rows": _book(_hide),
    "two sheets": _book(_second_sheet),
}
