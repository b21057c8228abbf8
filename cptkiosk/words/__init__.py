"""The sentences for what the rules refuse, by code: one catalog for each audience.

The rules say a code and what it is about; `explain` says it to a person. A sentence
names its details in braces; what follows a colon says how a detail is written:

- `{left_ms:clock}`, `{ago_ms:span}`, `{at_utc_ms:utc}`, `{cents:dollars}`: a remaining
  time, a length of time, an instant, an amount;
- `{day:date}`: an ISO date, as people read it;
- `{count:person|people}`: a number and its noun;
- `{choices:list}`, `:or`, `:and`, `:lines`: several values;
- `{standing:term}`: the words for a stored value, see `cptkiosk.domain.terms`;
- `{irregularity_id:number}`: the number of an irregularity;
- `{stage:stage}`: a word of the table of that name, or its `other`; `:stage.or` for
  several;
- `{cause}`, `{cause:do}`: another reason: why, and what to do.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.events.planning import OddDate
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.people.fees import format_dollars
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.time.calendar import format_date, utc_words
from cptkiosk.domain.time.timing import clock_text, span_text
from cptkiosk.domain.values import DAY_MS, HOUR_MS, MINUTE_MS, Reason, Refused, plural

FOLDER = Path(__file__).parent
CODED = ("reasons", "findings", "blockers", "next")
"""The tables of sentences by code. They share one set of codes."""

REMEDY, EVENT = "remedy", "event"
"""The tables of what would allow something, and of events."""


class Audience(StrEnum):
    """Who reads the sentences; each has a file of its own beside `sentences.toml`."""

    SCREEN = "screen"
    CLI = "cli"


Coded = Reason | Refused
"""Why something is so: a code, what it is about, and what would allow it."""


def explain(reason: Coded | None, audience: Audience = Audience.SCREEN) -> str:
    """Return why something is refused and what would allow it; empty for `None`."""
    if reason is None:
        return ""
    return f"{explain_why(reason, audience)} {explain_remedy(reason, audience)}".strip()


def explain_why(reason: Coded, audience: Audience = Audience.SCREEN) -> str:
    """Return why something is refused: the first sentence."""
    return _Writer(audience).write(reason, "why")


def explain_remedy(reason: Coded, audience: Audience = Audience.SCREEN) -> str:
    """Return what would allow it, or what to do instead; it may be a question."""
    return _Writer(audience).write(reason, "do")


def explain_brief(reason: Coded) -> str:
    """Return why something is so in a few words, for a list."""
    return _Writer(Audience.SCREEN).write(reason, "brief")


def has_brief(reason: Reason) -> bool:
    """Return whether the catalog has a few words for this beside its sentence."""
    return "brief" in load_sentences(Audience.SCREEN)[reason.code]


def write_words(what: Coded | str) -> str:
    """Return what is said by a code, or in words already."""
    return what if isinstance(what, str) else explain_why(what)


def describe_step(step: Step) -> str:
    """Return what to do next, as the Next line says it."""
    return write_words(step.what)


def describe_error(error: Exception, audience: Audience = Audience.SCREEN) -> str:
    """Return what an error says to a person; a refusal by its code."""
    return explain(error, audience) if isinstance(error, Refused) else str(error)


@cache
def load_sentences(audience: Audience) -> Mapping[str, Mapping[str, str]]:
    """Return the sentences by code, each with its parts.

    They are `why`, `do` unless the rule names a remedy, and `brief` if a list has less
    room. A code that is a sentence and no table has only `why`.
    """
    return {
        code: {"why": parts} if isinstance(parts, str) else parts
        for file in (_load("sentences"), _load(audience))
        for table in CODED
        for code, parts in file.get(table, {}).items()
    }


@cache
def load_terms() -> Mapping[str, Mapping[str, str]]:
    """Return words by table and code: stages, remedies, what a command cannot do."""
    return {
        name: words
        for name, words in _load("sentences").items()
        if name not in {*CODED, EVENT}
    }


def name_severity(severity: int) -> str:
    """Return what an irregularity of a severity is called: a note, a review, a breach."""
    return load_terms()["severity"][f"{severity}"]


class ActionWords(NamedTuple):
    """What the keys of an action are called on a screen."""

    label: str = ""
    """On the line of keys; nothing if it stands in the list of keys alone."""

    help: str = ""
    """In the list of keys."""

    without: str = ""
    """Where there is nothing on the screen that it could act on."""


def load_action_words(screen: str, name: str) -> ActionWords:
    """Return the words of an action on a screen; nothing if the catalog has none."""
    tables = _load(Audience.SCREEN)["actions"]
    every, own = (tables.get(one, {}).get(name, {}) for one in ("every", screen))
    return ActionWords(**{**every, **own})


def load_events() -> Mapping[str, Mapping[str, str]]:
    """Return what is said of events, by kind: `approved`, `what` and `undone`."""
    return _load("sentences")[EVENT]


def describe_event(event: Fact, part: str) -> str:
    """Return what is said of an event, see `load_events`; empty if nothing is."""
    text = load_events().get(event.kind, {}).get(part, "")
    return _Writer(Audience.SCREEN).vformat(text, (), vars(event))


def name_approved(kind: str) -> str:
    """Return what was approved, by the kind of its event: 'a credit'."""
    as_stored = kind.rpartition(".")[0].replace("-", " ")
    return load_events().get(kind, {}).get("approved", as_stored)


def load_verb_words(verb: str) -> Mapping[str, Any]:
    """Return the `help` of a verb of the action line, and what it has `done`, if said."""
    words: Mapping[str, Any] = _load(Audience.SCREEN)["verbs"][verb]
    return words


@cache
def load_dialogs() -> Mapping[str, Mapping[str, Any]]:
    """Return what each dialog says and asks for, by its name; see `dialogs.toml`."""
    return _load("dialogs")


def fill_words(text: str, details: Mapping[str, object]) -> str:
    """Return a text with its details; one that can be called is worked out now."""
    known = {name: one() if callable(one) else one for name, one in details.items()}
    return _Writer(Audience.SCREEN).vformat(text, (), known)


def describe_detail(name: str) -> str:
    """Return what to type into a field of an irregularity, or an empty string."""
    return str(_load(Audience.SCREEN)["detail"].get(name, ""))


@cache
def _load(name: str) -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def describe_odd_date(odd: OddDate, name_of: Callable[[str], str]) -> str:
    """Return what is odd about a date; `name_of` tells whom a staff ID means."""
    details: dict[str, Any] = dict(odd.params)
    if "minutes" in details:
        details["minutes"] = int(str(details["minutes"]))
    if "staff" in details:
        details["staff"] = name_of(str(details["staff"]))
    return explain_why(Reason(f"odd-{odd.code}", **details))


def format_length(minutes: int) -> str:
    """Return a length of time in its largest unit: '3 days', '45 minutes'."""
    ms = minutes * MINUTE_MS
    if ms >= 2 * DAY_MS:
        return plural(ms // DAY_MS, "day")
    if ms >= 2 * HOUR_MS:
        return plural(ms // HOUR_MS, "hour")
    return plural(minutes, "minute")


class _Writer(Formatter):
    """Fills the sentences for one audience."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience

    def write(self, reason: Coded, part: str) -> str:
        """Return one part of what a reason says, `why` or `do`."""
        parts = load_sentences(self._audience)[reason.code]
        text = parts.get(part, parts["why"].rstrip(".") if part == "brief" else "")
        if part == "do" and reason.remedy:
            text = load_terms()[REMEDY][reason.remedy]
        return self.vformat(text, (), reason.details).strip()

    def vformat(
        self, format_string: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> str:
        """Return a text with its details; after 'Smith, J.' no second period follows."""
        text = format_string.replace("}.", f"}}{STOP}")
        said = super().vformat(text, args, kwargs)
        return said.replace(f".{STOP}", ".").replace(STOP, ".")

    def format_field(self, value: object, format_spec: str) -> str:
        """Return a detail as its place in the sentence asks for it."""
        for style in format_spec.split("."):
            value = self._styled(value, style)
        return str(value)

    def _styled(self, value: object, style: str) -> object:
        if isinstance(value, Iterable) and not isinstance(value, str):
            if style in JOINED:
                return JOINED[style].join(str(self._styled(one, "")) for one in value)
            return [self._styled(one, style) for one in value]
        if isinstance(value, Coded):
            return self.write(value, style or "why")
        if style in TEXTS:
            return TEXTS[style](str(value))
        if style in load_terms():
            words = load_terms()[style]
            return words.get(str(value)) or words["other"]
        if isinstance(value, int):
            if style in MEASURES:
                return MEASURES[style](value)
            if "|" in style:
                return plural(value, *style.split("|"))
        return format(value, style)


STOP = "\N{NULL}"
"""Stands for the period after a detail, which may end with one itself."""

JOINED = {
    "list": ", ",
    "or": " or ",
    "and": " and ",
    "lines": "\n",
    "colons": ": ",
    "semicolons": "; ",
}
TEXTS: Mapping[str, Callable[[str], str]] = {
    "date": format_date,
    "term": display_term,
    "number": lambda irregularity_id: irregularity_id.rpartition("-")[2],
}
MEASURES = {
    "clock": clock_text,
    "span": span_text,
    "utc": utc_words,
    "dollars": format_dollars,
    "length": format_length,
}
