"""What is defined outside the record: modules, fees, policies, codes and scripts."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Literal

from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.domain.values import Limits, Refused, Text, plural

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR_MINUTES = 60
DAY_MINUTES = 24 * HOUR_MINUTES
WINDOW = re.compile(r"(\S+) +(\d\d):([0-5]\d)-(\d\d):([0-5]\d)")

PIN_DIGITS_MAX = 12
"""No PIN is longer, whatever the policy asks for."""


@dataclass(frozen=True, slots=True)
class Module:
    """One assessment: its names, its figures, and the courses aligned with it."""

    id: Annotated[str, Limits(pattern="^[a-z][a-z0-9-]*$")]
    name: Annotated[str, Limits(min_length=1, max_length=60)]
    short: Annotated[str, Limits(min_length=1, max_length=10)]
    edition: Text
    core: bool
    """Whether the full certificate needs it."""
    items: Annotated[int, Limits(ge=1, le=1000)]
    minutes: Annotated[int, Limits(ge=1, le=600)]
    cut_percent: Annotated[int, Limits(ge=1, le=100)]
    courses: tuple[Text, ...]
    aliases: tuple[Text, ...]
    """What rosters and the vendor also call it."""
    valid_from: str = ""
    """The first day it may be taken, as '2026-08-31'; empty for no limit."""
    valid_until: str = ""
    """The last day it may be taken."""

    def valid_on(self, date: str) -> bool:
        """Tell whether this edition may be taken on `date`, as '2026-08-31'."""
        return self.valid_from <= date and (
            not self.valid_until or date <= self.valid_until
        )


@dataclass(frozen=True, slots=True)
class Fees:
    """What the program charges, in whole US cents."""

    registration_cents: Annotated[int, Limits(ge=0)]
    assessment_cents: Annotated[int, Limits(ge=0)]
    supplement_cents: Annotated[int, Limits(ge=0)]


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of some weekdays in which assessments may be taken."""

    days: frozenset[int]
    """Monday is 0."""
    opens_minute: int
    """Minutes since midnight at the center."""
    closes_minute: int

    @property
    def text(self) -> str:
        """Show it as it is written: 'mon-fri 07:00-21:00'."""
        days = sorted(self.days)
        names = [DAYS[day] for day in days]
        if len(days) > 1 and days[-1] - days[0] == len(days) - 1:
            names = [f"{names[0]}-{names[-1]}"]
        hours = (
            f"{_format_minute(self.opens_minute)}-{_format_minute(self.closes_minute)}"
        )
        return f"{','.join(names)} {hours}"


@dataclass(frozen=True, slots=True)
class Policies:
    """What a center may decide; the defaults are data, with their sources.

    A field is a key of `policies.toml`: its type and `Limits` say what may stand there.
    """

    announce_minutes: tuple[Annotated[int, Limits(ge=1, le=600)], ...]
    """Minutes left at which the proctor speaks, the largest first."""
    announce_missed_seconds: Annotated[int, Limits(ge=0, le=3600)]
    """How long after its minute an announcement counts as missed."""
    late_minutes: Annotated[int, Limits(ge=0, le=600)]
    late_coordinator_minutes: Annotated[int, Limits(ge=0, le=600)]
    late_clock: Literal["own", "group"]
    """Whether who comes late has the full time, or ends with the group."""
    credit_coordinator_minutes: Annotated[int, Limits(ge=0, le=600)]
    halt_backdate_minutes: Annotated[int, Limits(ge=0, le=600)]
    """How far a halt may be dated back without the coordinator."""
    undo_start_seconds: Annotated[int, Limits(ge=0, le=3600)]
    undo_halt_seconds: Annotated[int, Limits(ge=0, le=3600)]
    undo_finish_minutes: Annotated[int, Limits(ge=0, le=60)]
    undo_end_seconds: Annotated[int, Limits(ge=0, le=3600)]
    """How long the person who ended a session may undo it; later it is reopened."""
    room_walk_minutes: Annotated[int, Limits(ge=0, le=600)]
    """How often the room is walked while people are testing; 0 for never."""
    room_walk_missed_minutes: Annotated[int, Limits(ge=0, le=600)]
    """How long after it is due a walk counts as missed."""
    over_time_seconds: Annotated[int, Limits(ge=0, le=3600)]
    """How long after time was up an end may be recorded without a question."""
    vendor_drift_seconds: Annotated[int, Limits(ge=0, le=3600)]
    """How far the vendor's clock may be from ours without a question."""
    percent_shown: Literal["rounded", "cut-off", "unknown"]
    """How the vendor makes whole percents of a score."""
    score_shown: Literal["either", "raw", "percent"]
    """What a number without a sign is on the test screen, if that is known."""
    official_report_days: Annotated[int, Limits(ge=0, le=60)]
    """Business days from a release to the official report; 0 if no one is reminded."""
    start_off_plan_minutes: Annotated[int, Limits(ge=0, le=1440)]
    """How far from its planned start a session may start without a question."""
    untrained_staff: Literal["warn", "block"]
    """What happens if check-in is opened by a person without a training date."""
    retake_wait_days: Annotated[int, Limits(ge=0, le=3660)]
    retake_wait_days_after_third: Annotated[int, Limits(ge=0, le=3660)]
    renewal_years: Annotated[int, Limits(ge=1, le=100)]
    program_of_study: Annotated[str, Limits(min_length=1, max_length=80)]
    """The program whose courses the modules belong to."""
    school_year_starts: Annotated[
        str, Limits(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$")
    ]
    """The first day of a school year, as '07-01'."""
    retention_years: Annotated[int, Limits(ge=0, le=100)]
    """How long after the last attempt the names of a person are kept."""
    start_countdown_seconds: Annotated[int, Limits(ge=0, le=60)]
    testing_windows: tuple[Window, ...]
    """When assessments may be taken; empty if no limit is known."""
    pin_digits_min: Annotated[int, Limits(ge=4, le=PIN_DIGITS_MAX)]
    idle_lock_minutes: Annotated[int, Limits(ge=1, le=1440)]
    consent_under_age: Annotated[int, Limits(ge=0, le=100)]
    """Below this age a parent must have consented; 0 if no one is asked."""
    blocks_unpaid: bool
    no_show_pays: bool
    """Whether the assessment fee of an absent candidate stays due."""
    clock: Literal["auto", "12", "24"]
    """Whether times are written 3:11 PM or 15:11; by itself, as usual in the zone."""
    kiosk_mode: bool
    """Whether every terminal of the center is locked down, as with --kiosk."""
    lead_seals: bool
    """Whether only the lead proctor or the coordinator may seal a session."""

    @property
    def recorded_at_start(self) -> tuple[tuple[str, int], ...]:
        """The policies that a session is started with, by name."""
        return tuple((name, getattr(self, name)) for name in RECORDED_AT_START)


RECORDED_AT_START = ("room_walk_minutes", "room_walk_missed_minutes")
"""What a report depends on: a session keeps these as they are at its start, so that a
later change of the center's does not change what is said of it."""


Scope = Literal["attempt", "room", "session", "center"]
SCOPES: tuple[Scope, ...] = ("attempt", "room", "session", "center")
"""Whom an irregularity can concern, from one person to everyone of the center."""

SEVERITY_BREACH = 3
Severity = Annotated[int, Limits(ge=1, le=SEVERITY_BREACH)]
FieldName = Annotated[str, Limits(pattern="^[a-z][a-z0-9-]*$", max_length=24)]
"""What an entry can say beyond what every entry says."""


@dataclass(frozen=True, slots=True)
class IrregularityCode:
    """One kind of irregularity, and what it proposes; a person decides."""

    id: Annotated[str, Limits(pattern="^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$")]
    title: Annotated[str, Limits(min_length=1, max_length=80)]
    severity: Severity
    """1 a note, 2 for the coordinator, 3 a breach that withholds the score."""
    scope: Scope
    time_effect: Literal["none", "pause", "halt", "credit", "runs"]
    validity: Literal["none", "flag", "withhold", "no-attempt"]
    fields: tuple[FieldName, ...]
    """What an entry must say beyond what every entry says."""
    optional: tuple[FieldName, ...] = ()
    """What it may say besides, because it cannot always be known."""
    narrative_min: Annotated[int, Limits(ge=1, le=200)] = 3
    """How many characters its narrative has at least."""
    severity_max: Severity = SEVERITY_BREACH
    """How serious a proctor may record it; more needs the coordinator."""
    scopes: tuple[Scope, ...] = ()
    """Whom else it may concern, where that is more than its own scope or less of it."""
    phase: Literal["any", "before-start", "after-start"] = "any"
    """When it is mostly seen."""
    private: bool = False
    """Whether the code itself tells of an accommodation or someone's time; a results
    bundle shows 'OTH' for it."""

    def fits(self, *, started: bool) -> bool:
        """Tell whether it may be seen now, before or after the clocks started."""
        return self.phase in {"any", "after-start" if started else "before-start"}

    @property
    def allowed_scopes(self) -> tuple[str, ...]:
        """Whom it may concern: what `scopes` says, else its own scope or less of it."""
        return self.scopes or SCOPES[: SCOPES.index(self.scope) + 1]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is read aloud when a certain time is left."""

    minutes: Annotated[int, Limits(ge=1, le=600)]
    text: Text


@dataclass(frozen=True, slots=True)
class Scripts:
    """The texts a proctor reads aloud."""

    start: Text
    end: Text
    otherwise: Text
    """The announcement for any number of minutes without its own text."""
    announcements: tuple[Announcement, ...]

    def welcome_text(self, minutes: Collection[int]) -> str:
        """Return the words before the start; modules have these standard times."""
        *shorter, longest = sorted(set(minutes))
        words = " or ".join([*map(str, shorter), plural(longest, "minute")])
        return self.start.replace("{minutes}", words)

    def announcement_text(self, minutes: int, people: int) -> str:
        """Return the words for `people` who have `minutes` left."""
        texts = {one.minutes: one.text for one in self.announcements}
        text = texts.get(minutes, self.otherwise)
        text = text.replace("{minutes}", plural(minutes, "minute"))
        return text.replace("{people}", plural(people, "person", "people"))


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything that is defined, read once at the start."""

    modules: tuple[Module, ...]
    """In the program's own order."""
    fees: Fees
    policies: Policies
    irregularities: tuple[IrregularityCode, ...]
    scripts: Scripts
    destinations: tuple[DestinationSettings, ...] = ()
    """Where sealed sessions go by themselves, in the order of the file."""

    def module(self, id: str) -> Module:  # noqa: A002  # it is called that everywhere
        """Return the module `id`.

        Raises:
            Refused: if there is none, such as when a center took its file away.
        """
        for module in self.modules:
            if module.id == id:
                return module
        raise Refused("no-such-module", module_id=id)

    def irregularity(self, id: str) -> IrregularityCode:  # noqa: A002  # as above
        """Return the irregularity code `id`.

        Raises:
            KeyError: if there is none.
        """
        for code in self.irregularities:
            if code.id == id:
                return code
        raise KeyError(id)

    def module_aliases(self) -> dict[str, str]:
        """Return every lower-case name of a module, with the module's id."""
        return {name: module.id for module in self.modules for name in names_of(module)}


def names_of(module: Module) -> tuple[str, ...]:
    """Return everything `module` is called, in lower case, each once."""
    names = (module.id, module.name, module.short, *module.aliases)
    return tuple(dict.fromkeys(name.lower() for name in names))


LABELS = {
    "muster-place": "assembly place",
    "roll-call": "counted outside",
    "talk-observed": "talk about test",
}
"""What fields of irregularities are called whose stored names say it otherwise."""


def field_label(field: str) -> str:
    """Return what a screen calls the `field` of an irregularity: 'old seat'."""
    return LABELS.get(field, field.replace("-", " "))


def parse_window(text: str) -> Window:
    """Return the hours that `text` means: 'mon-fri 07:00-21:00' or 'sat,sun 08:00-24:00'.

    Raises:
        ValueError: with the reason, if it means none.
    """
    parts = WINDOW.fullmatch(text.strip().lower())
    if parts is None:
        raise ValueError(f'"{text}" is not days and hours such as mon-fri 07:00-21:00')
    hours = [int(part) for part in parts.groups()[1:]]
    opens, closes = (
        hour * HOUR_MINUTES + minute
        for hour, minute in zip(hours[::2], hours[1::2], strict=True)
    )
    if closes > DAY_MINUTES:
        raise ValueError(f'"{text}" closes after 24:00')
    if closes <= opens:
        raise ValueError(f'"{text}" does not close after it opens')
    return Window(_parse_days(text, parts[1]), opens, closes)


def _parse_days(text: str, said: str) -> frozenset[int]:
    days: set[int] = set()
    for part in said.split(","):
        first, _, last = part.partition("-")
        for name in (first, last or first):
            if name not in DAYS:
                known = ", ".join(DAYS)
                raise ValueError(f'"{text}" has "{name}", not one of {known}')
        start, stop = DAYS.index(first), DAYS.index(last or first)
        if stop < start:
            raise ValueError(f'"{text}" has {last} before {first}')
        days |= set(range(start, stop + 1))
    return frozenset(days)


def _format_minute(minute: int) -> str:
    return f"{minute // HOUR_MINUTES:02}:{minute % HOUR_MINUTES:02}"
