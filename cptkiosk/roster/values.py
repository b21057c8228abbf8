"""One cell of a roster, read as what it means."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from cptkiosk.domain.text import BadText, clean_text, fold_text, visible
from cptkiosk.domain.time import timing
from cptkiosk.domain.time.calendar import MONTHS as MONTH_NAMES
from cptkiosk.roster.columns import Field

STANDARD: Final = 1000
UNTIMED: Final = timing.UNTIMED
UNTIMED_WORDS: Final = frozenset({"untimed", "unlimited", "unlimited time", "no limit"})
YEARS: Final = range(1900, 2101)

YES: Final = frozenset(
    {"x", "y", "yes", "1", "true", "t", "\u2713", "\u2714", "\u2611", "\u2705"}
)
NO: Final = frozenset({"", "n", "no", "0", "false", "f", "-", "none", "n/a", "na"})
PAID: Final = YES | {"paid"}
UNPAID: Final = (NO | {"unpaid", "not paid"}) - {"", "-", "n/a", "na"}

YES_OR_NO: Final = {**dict.fromkeys(NO, False), **dict.fromkeys(YES, True)}
IS_PAID: Final = {
    **dict.fromkeys(NO),
    **dict.fromkeys(UNPAID, False),
    **dict.fromkeys(PAID, True),
}
"""What the words of a cell answer."""

UNCOMPUTED: Final = "#FORMULA"
"""What stands for a cell whose formula no program has computed yet."""

MONTHS: Final = 12
_WRAPPED: Final = re.compile(r'="([^"]*)"')
_FAILED: Final = re.compile(
    r"#(N/?A|REF|NAME|VALUE|DIV/0|NULL|NUM|SPILL|CALC|FIELD|BLOCKED|CONNECT|ERROR"
    r"|UNKNOWN|GETTING_DATA)[!?]?|Err:\d{3}|#{3,}",
    re.IGNORECASE,
)
_SLASHED: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d\d)\b", re.ASCII)
_NAMED_DAY: Final = re.compile(
    r"(?:(?P<first>\d{1,2})[ -])?(?P<name>[A-Za-z]{3,9})\.?[ -]"
    r"(?(first)|(?P<day>\d{1,2}),? )(?P<year>\d{4})",
    re.ASCII,
)
_NAMED_MONTH: Final = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_MADE_A_DATE: Final = re.compile(
    rf"\d{{1,2}}-{_NAMED_MONTH}(-\d\d(\d\d)?)?|{_NAMED_MONTH}-\d\d"
    r"|\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?|\d{1,2}/\d{1,2}/(\d\d){1,2}"
    r"|\d{1,2}:\d\d(:\d\d)?( [AP]M)?",
    re.ASCII,
)

SPOKEN: Final = {
    "time and a quarter": 1250,
    "time and one quarter": 1250,
    "time and a half": 1500,
    "time and one half": 1500,
    "time-and-a-half": 1500,
    "double": 2000,
    "double time": 2000,
    "triple time": 3000,
    "standard": STANDARD,
    "standard time": STANDARD,
}


class BadCell(ValueError):
    """A cell that cannot be used; says which, and why."""


def clean_cell(field: Field, cell: str) -> str:
    """Return `cell`, clean, without the ="" that keeps spreadsheets from changing it.

    Raises:
        BadCell: if something in it must not reach a screen, or a formula failed in it.
    """
    try:
        text = clean_text(cell)
        if text.startswith("=") and (wrapped := _WRAPPED.fullmatch(text)):
            text = wrapped[1].strip()
    except BadText as error:
        raise BadCell(f'{field.value} "{visible(cell)}": {error}') from error
    if text == UNCOMPUTED:
        raise BadCell(
            f"{field.value} is a formula without a result:"
            " open the workbook in Excel and save it"
        )
    if text[:1] in {"#", "E", "e"} and _FAILED.fullmatch(text):
        raise BadCell(f'{field.value} "{text}" is a formula error: type the value')
    if text.count('"') % 2:
        raise BadCell(
            f"{field.value} {visible(text)} has a stray quotation mark: remove it"
        )
    if "\ufffd" in text:
        raise BadCell(
            f'{field.value} "{visible(text)}" has lost letters: ask for a new file'
        )
    return text


def parse_identifier(field: Field, cell: str) -> str:
    """Return an ID or code, without the decimals a spreadsheet gave it.

    Raises:
        BadCell: if a spreadsheet has rounded it, or made it a date or a time.
    """
    text = clean_cell(field, cell).removeprefix("'")
    if re.fullmatch(r"\d+\.0+", text):
        return text.partition(".")[0]
    if re.fullmatch(r"\d([.,]\d+)?[eE]\+\d+", text):
        raise BadCell(
            f'{field.value} "{text}" was shortened by a spreadsheet: '
            "format that column as text"
        )
    if _MADE_A_DATE.fullmatch(text):
        raise BadCell(
            f'{field.value} "{text}" was changed to a date by a spreadsheet: '
            "format that column as text and type it again"
        )
    return text


def birth_date(cell: str) -> str:
    """Return a date of birth as in 2007-02-09, or an empty string for an empty cell.

    Raises:
        BadCell: if it is no such day, or could be read in two ways.
    """
    return parse_day(Field.BIRTH, cell)


def is_day_first(cell: str) -> bool:
    """Tell whether a date can only have its day before its month: 25/12/2007."""
    match = _SLASHED.match(cell.strip())
    return match is not None and int(match[1]) > MONTHS >= int(match[2])


def is_ambiguous(cell: str) -> bool:
    """Tell whether day and month of a date could be each other."""
    if match := _SLASHED.match(cell.strip()):
        first, second = int(match[1]), int(match[2])
        return first != second and max(first, second) <= MONTHS
    return False


def could_be_swapped(day_text: str) -> bool:
    """Tell whether an ISO date is another day with day and month exchanged."""
    if not day_text:
        return False
    found = date.fromisoformat(day_text)
    return found.day <= MONTHS and found.day != found.month


def parse_day(field: Field, cell: str, day_first: str = "") -> str:
    """Return a date as in 2007-02-09, or an empty string for an empty cell.

    Args:
        field: whose date it is.
        cell: what stands there.
        day_first: what proves that the column has days before months, if anything.

    Raises:
        BadCell: if it is no such day, or could be read in two ways.
    """
    text = clean_cell(field, cell)
    if not text:
        return ""
    if day_first and is_ambiguous(text):
        raise BadCell(
            f'{field.value} "{visible(text)}" can be read in two ways, as {day_first}'
            " has its day first: write it as 2007-02-28"
        )
    bare = re.sub(r"[ T]\d{1,2}:\d\d(:\d\d(\.\d+)?)?( ?[AaPp][Mm])?$", "", text)
    if match := re.fullmatch(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", bare, re.ASCII):
        year, month, of_month = map(int, match.groups())
    elif match := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", bare, re.ASCII):
        month, of_month, year = map(int, match.groups())
    elif match := _NAMED_DAY.fullmatch(bare):
        month, of_month = (
            _month_number(match["name"]),
            int(match["first"] or match["day"]),
        )
        year = int(match["year"])
    else:
        year = month = of_month = 0
    try:
        if year in YEARS:
            return date(year, month, of_month).isoformat()
    except ValueError:
        pass
    raise BadCell(
        f'{field.value} "{visible(text)}" is not a date: type 2007-02-28 or 02/28/2007'
    )


def _month_number(name: str) -> int:
    """Return the number of a month written whole or by its first letters; 0 for none."""
    starts = (one.lower().startswith(name.lower()) for one in MONTH_NAMES)
    return next((number for number, it in enumerate(starts, 1) if it), 0)


def parse_factor(cell: str) -> int | None:
    """Return the thousandths of the standard time that `cell` grants; 0 is untimed.

    Nothing if the cell does not say; 'No' is the standard time.

    Raises:
        BadCell: if it grants something, but not how much time.
    """
    text = clean_cell(Field.FACTOR, cell)
    plain = " ".join(fold_text(text).split())
    if not plain:
        return None
    if plain in NO:
        return STANDARD
    if plain in YES:
        raise BadCell("extended time without a factor: type 1.5x or 2x")
    if plain in UNTIMED_WORDS:
        return UNTIMED
    permille = SPOKEN.get(plain) or _written_factor(plain)
    if STANDARD <= permille <= timing.FACTOR_MAX:
        return permille
    raise BadCell(
        f'extended time "{visible(text)}" is not recognized: type 1.5x, 2x, untimed'
        " or No"
    )


def _written_factor(plain: str) -> int:
    """Return the thousandths in '1.5x', 'x1.5', '1.5' or '150%', or 0."""
    bare = re.sub(r"\b(extended|extra|time)\b", " ", plain).strip(" :=-")
    number = r"(\d{1,3})(?:[.,](\d{1,3})0*)?"
    times = "[x\u00d7]"
    match = (
        re.fullmatch(rf"{number} ?{times}?", bare, re.ASCII)
        or re.fullmatch(rf"{times} ?{number}", bare, re.ASCII)
        or re.fullmatch(rf"{number} ?(?P<percent>%)", bare, re.ASCII)
    )
    if match is None:
        return 0
    permille = int(match[1]) * 1000 + int((match[2] or "0").ljust(3, "0"))
    return permille // 100 if "percent" in match.groupdict() else permille


def parse_paid(cell: str) -> bool | None:
    """Return whether the fee is paid, or None if the cell does not say.

    Raises:
        BadCell: if it says something else.
    """
    return _read_answer(Field.PAID, cell, IS_PAID, "fee paid {}", "type Y or N")


def stop_clock(cell: str) -> bool | None:
    """Return whether breaks stop the clock; nothing if the cell does not say.

    Raises:
        BadCell: if the cell says neither yes nor no.
    """
    answers = {**YES_OR_NO, "": None}
    return _read_answer(Field.STOP, cell, answers, "stop clock {}", "type Yes or No")


def is_marked(header: str, cell: str) -> bool:
    """Return whether a module's column is marked for this person.

    Raises:
        BadCell: if the mark is neither a yes nor a no.
    """
    what = f'mark {{}} under "{visible(header)}"'
    do = "type x, or leave it blank"
    return bool(_read_answer(Field.MODULE, cell, YES_OR_NO, what, do))


def _read_answer(
    field: Field, cell: str, answers: Mapping[str, bool | None], what: str, do: str
) -> bool | None:
    """Return what a cell answers; `what` and `do` are said if that is none.

    Raises:
        BadCell: if it is none.
    """
    text = clean_cell(field, cell)
    plain = fold_text(text)
    if plain not in answers:
        said = what.replace("{}", f'"{visible(text)}"')
        raise BadCell(f"{said} is not recognized: {do}")
    return answers[plain]
