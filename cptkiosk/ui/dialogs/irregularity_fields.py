"""What the form of an irregularity asks for, and what its values mean."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.events.irregularity import IrregularityRecorded
from cptkiosk.domain.modules import Definitions, IrregularityCode, field_label
from cptkiosk.domain.rules.announcing import MISSED_CALL, DueAnnouncement
from cptkiosk.domain.rules.checks import NARRATIVE_CELLS_MAX
from cptkiosk.domain.rules.irregularities import (
    BREACH,
    Weight,
    fits_field,
    weigh_entry,
)
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.text import clean_text, visible
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import Refused, plural
from cptkiosk.times.format import TimeFormat
from cptkiosk.ui.dialogs.question import build_fields
from cptkiosk.ui.widgets.fields import (
    Field,
    Options,
    TextField,
    Values,
    build_field,
    fill_field,
)
from cptkiosk.words import describe_detail, explain, name_severity

ALARM = "ENV-ALARM"
HALT_CODES = (
    ("alarm", ALARM),
    ("fire alarm", ALARM),
    ("power outage", "ENV-POWER"),
    ("network down", "TEC-NET"),
    ("medical emergency", "ENV-MED"),
    ("weather", "ENV-WEATHER"),
)
"""How the reason of a halt begins, and the code proposed for it."""

TOLD = "told"
"""The field that some codes need, and every breach: who was told, asked once."""

DETAIL = "detail "
"""Before the name of a field that only some codes have."""

SCOPE = (
    ("attempt", "the people listed"),
    ("room", "the room"),
    ("session", "the session"),
    ("center", "the center"),
)
SEVERITY = (
    ("1", "1 note"),
    ("2", "2 review: by a coordinator"),
    ("3", "3 breach: the score is withheld"),
)
FREE_TEXTS = ("observed", "action", "observer", "witnesses", TOLD, "vendor_case")


SEEN_OUTSIDE = "seen outside: "
"""How the note of an attendance after a halt begins."""

FACTS_ONLY = "facts only, never test content"


def _clean(text: str) -> str:
    # As much as the record takes: a report that the kiosk drafted is corrected here.
    return clean_text(text, cells_max=NARRATIVE_CELLS_MAX)


NARRATIVE = {"max_cells": NARRATIVE_CELLS_MAX, "reads": _clean}
"""What is known of every field for free text."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a form is opened with, if not empty."""

    values: Values
    corrects: IrregularityRecorded | None = None
    """The entry that this one takes the place of."""

    ago_ms: int = 0
    """How long ago it happened, as proposed."""


def missed_announcement(call: DueAnnouncement, line_ms: int) -> Given:
    """Return what is known of minutes left that were not announced in time."""
    people = plural(len(call.attempt_ids), "person", "people")
    values = Values(
        code=MISSED_CALL,
        observed=f"{call.minutes}-minute announcement to {people} was missed",
    )
    values[_field_name("minutes")] = f"{call.minutes}"
    return Given(values, ago_ms=max(0, line_ms - call.due_line_ms))


def halt(
    session: Session, at: Instant, why: str, now_utc_ms: int, times: TimeFormat
) -> Given:
    """Return what is known of a halt: why, since when, and whose clock it stopped."""
    at_ms = session.timeline_ms(at)
    stopped = tuple(
        one.attempt_id
        for one in session.attempts.values()
        if one.start_line_ms is not None and one.start_line_ms <= at_ms
        if one.end_line_ms is None or one.end_line_ms > at_ms
    )
    values = Values(people=stopped, observed=f"Halted: {why}.")
    code = next((code for said, code in HALT_CODES if why.startswith(said)), "")
    if code:
        values["code"] = code
    if code == ALARM:
        values[_field_name("alarm-time")] = times.format_time(at.utc_ms)
        if counted := _find_attendance(session, at):
            values[_field_name("roll-call")] = counted
    return Given(values, ago_ms=max(0, now_utc_ms - at.utc_ms))


def _find_attendance(session: Session, since: Instant) -> str:
    """Return who was counted outside since a halt, as last noted: '23 of 23'."""
    noted = [
        note.text.text for at, _, note in session.notes if at.utc_ms >= since.utc_ms
    ]
    counted = [one for one in noted if one.startswith(SEEN_OUTSIDE)]
    if not counted:
        return ""
    # Who was not seen is named behind it, and stays in the note.
    return counted[-1].removeprefix(SEEN_OUTSIDE).partition(";")[0]


def correction(event: IrregularityRecorded) -> Given:
    """Return what an entry says, to be corrected."""
    return Given(values_of(event), event)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of one code, and where Enter has asked for everything it needs."""

    fields: tuple[Field, ...]
    save_at: str


def form_for(
    code: IrregularityCode,
    severity: int,
    definitions: Definitions,
    people: Options,
    start: Values,
    read_time: Callable[[str], int],
    read_back: Callable[[str], str],
    *,
    started: bool,
) -> Form:
    """Return what is asked for a code: what it needs first, then what may be said.

    Codes that are not seen before the start, or after it, come last in the list.
    """
    offered = sorted(
        definitions.irregularities, key=lambda one: not one.fits(started=started)
    )
    codes = tuple(
        (one.id, f"{one.id}  {one.title}: {name_severity(one.severity)}")
        for one in offered
    )
    needs_told = severity >= BREACH or TOLD in code.fields
    known = {
        **dict.fromkeys(FREE_TEXTS, NARRATIVE),
        "code": {"options": codes},
        "people": {"options": people},
        "when": {"reads": read_time, "read_back": read_back},
        "severity": {"options": severity_options(code)},
        "scope": {"options": scope_options(code)},
    }
    least = f"; at least {code.narrative_min} characters"
    facts = f"{FACTS_ONLY}{least if code.narrative_min > len('....') else ''}"
    known["observed"] = {**NARRATIVE, "help": facts}
    if needs_told:
        known[TOLD] = {**NARRATIVE, "label": "Reported to *"}
    asked = list(build_fields("irregularity", known))
    names = [one.name for one in asked]
    at, then = names.index(TOLD), names.index("action")
    needed = [*asked[:at], *(_detail(one, " *") for one in code.fields if one != TOLD)]
    optional = [_detail(one, "") for one in code.optional if one != TOLD]
    fields = (*needed, *asked[at:then], *optional, *asked[then:])
    save_at = TOLD if needs_told else needed[-1].name
    return Form(tuple(_start_field(one, start) for one in fields), save_at)


def scope_options(code: IrregularityCode) -> Options:
    """Return whom an entry of this code can be said to concern."""
    allowed = tuple(one for one in SCOPE if one[0] in code.allowed_scopes)
    return (("", f"{dict(SCOPE)[code.scope]} (usual for this)"), *allowed)


def severity_options(code: IrregularityCode) -> Options:
    """Return how serious an entry of this code can be said to be."""
    return (("", f"{name_severity(code.severity)} (usual for this)"), *SEVERITY)


def detail_label(name: str) -> str:
    """Return what the form calls a field that only some codes have."""
    label = field_label(name)
    return f"{label[:1].upper()}{label[1:]}"


def _detail(name: str, sign: str) -> Field:
    return build_field(
        _field_name(name),
        label=f"{detail_label(name)}{sign}",
        help=describe_detail(name),
        required=False,
        max_cells=NARRATIVE_CELLS_MAX,
        reads=partial(_read_detail, name),
    )


def _field_name(name: str) -> str:
    """Return the field of the form for one that a code names."""
    return name if name == TOLD else f"{DETAIL}{name}"


def _read_detail(name: str, text: str) -> str:
    if not fits_field(name, text):
        raise ValueError(explain(Refused("minutes-unreadable", text=visible(text, 20))))
    return _clean(text)


def _start_field(field: Field, start: Values) -> Field:
    found = fill_field(field, start)
    if field.name not in start or field.name == "when":
        return found
    if isinstance(found, TextField) and not found.digits:
        # What someone wrote is corrected, not written again.
        return replace(found, edits=True)
    return found


def values_of(event: IrregularityRecorded) -> Values:
    """Return what the form holds to correct an entry; but for the time."""
    values = Values(
        code=event.code,
        people=event.attempt_ids,
        observed=event.observed.text,
        action=event.action_taken.text,
        minutes=f"{event.minutes_lost}",
        exact=not event.estimated,
        completed=event.completed,
        void=event.void_recommended,
        vendor_case=event.vendor_case,
    )
    for name, said in (
        ("observer", event.observer),
        ("witnesses", event.witnesses),
        (TOLD, event.told),
    ):
        values[name] = said.text if said else ""
    for name, text in event.details:
        values[_field_name(name)] = text.text
    return values


def weight_of(
    code: IrregularityCode, corrects: IrregularityRecorded | None, values: Values
) -> Weight:
    """Return how serious an entry is: as chosen, else as the code proposes."""
    severity, scope = values.text("severity", ""), values.text("scope", "")
    return weigh_entry(code, corrects, int(severity or 0), scope)


def check_people(scope: str, values: Values, *, names_somebody: bool) -> dict[str, str]:
    """Say that someone must be chosen, if that is so and no one is.

    Args:
        scope: whom it concerns.
        values: what the form holds.
        names_somebody: whether someone must be named, whatever the code is about.
    """
    if values.several("people"):
        return {}
    if scope == "attempt":
        return {"people": "check who is affected (Space), or change Scope"}
    if names_somebody:
        return {"people": "check who is affected; a checks everyone"}
    return {}


def missing_in(code: IrregularityCode, values: Values) -> tuple[str, ...]:
    """Return the fields that a code needs and that nothing is typed into yet."""
    return tuple(
        name for name in code.fields if not values.text(_field_name(name), "").strip()
    )


def build_command(
    session_id: str,
    code: IrregularityCode,
    values: Values,
    happened_at_utc_ms: int,
    corrects: IrregularityRecorded | None,
) -> RecordIrregularity:
    """Return the command that values without errors make."""
    said = {name: _clean(values.text(name, "")) for name in FREE_TEXTS}
    weight = weight_of(code, corrects, values)
    return RecordIrregularity(
        session_id=session_id,
        code=code.id,
        severity=weight.severity,
        scope=weight.scope,
        validity=weight.validity,
        attempt_ids=values.several("people"),
        observed=said["observed"],
        action_taken=said["action"],
        minutes_lost=int(values.text("minutes", "") or 0),
        happened_at_utc_ms=happened_at_utc_ms,
        estimated=not values.flag("exact", default=False),
        details=_details(code, values),
        observer=said["observer"],
        witnesses=said["witnesses"],
        told=said[TOLD],
        vendor_case=said["vendor_case"],
        completed=values.text("completed", ""),
        void_recommended=values.flag("void", default=False),
        supersedes=corrects.irregularity_id if corrects else "",
    )


def _details(code: IrregularityCode, values: Values) -> tuple[tuple[str, str], ...]:
    """Return what was said in the fields that this code has."""
    names = dict.fromkeys((*code.fields, *code.optional))
    said = ((name, _clean(values.text(_field_name(name), ""))) for name in names)
    return tuple((name, text) for name, text in said if text)
