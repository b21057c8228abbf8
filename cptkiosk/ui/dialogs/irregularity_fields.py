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
from cptkiosk.domain.text import clean_text, visible
from cptkiosk.domain.values import Refused, plural
from cptkiosk.ui.widgets.fields import (
    ChoiceField,
    Field,
    MultiChoiceField,
    Options,
    TextField,
    ToggleField,
    Values,
    fill_field,
)
from cptkiosk.ui.widgets.validators import Readable
from cptkiosk.words import explain

TOLD = "told"
"""The field that some codes need, and every breach: who was told, asked once."""

DETAIL = "detail "
"""Before the name of a field that only some codes have."""

AS_THE_CODE = ("", "default for this code")
SEVERITY = (
    AS_THE_CODE,
    ("1", "1  a note"),
    ("2", "2  a coordinator reviews it"),
    ("3", "3  a breach: scores are withheld"),
)
SCOPE = (
    AS_THE_CODE,
    ("attempt", "the people listed"),
    ("room", "the room"),
    ("session", "the session"),
    ("center", "the center"),
)
COMPLETED = (("", "not recorded"), ("yes", "yes"), ("no", "no"))
FREE_TEXTS = ("observed", "action", "observer", "witnesses", TOLD, "vendor_case")


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
        (one.id, f"{one.id}  {one.title}, severity {one.severity}") for one in offered
    )
    needs_told = severity >= BREACH or TOLD in code.fields
    observed = "facts only, never test content"
    if code.narrative_min > len("...."):
        observed = f"{observed}; at least {code.narrative_min} characters"
    needed: list[Field] = [
        ChoiceField("code", "What", codes, help="type part of the code or title"),
        MultiChoiceField("people", "Affected", people, help="Space: check; a: all"),
        TextField(
            "when",
            "When",
            help="2:30p or 14:30, yesterday 2 pm",
            max_cells=40,
            validators=(Readable(read_time),),
            read_back=read_back,
        ),
        _text("observed", "Seen or heard *", observed, required=True),
    ]
    needed += [_detail(one, " *") for one in code.fields if one != TOLD]
    told = _text(TOLD, f"Reported to{' *' if needs_told else ''}", "name and time")
    save_at = TOLD if needs_told else needed[-1].name
    rest: list[Field] = [
        told,
        ChoiceField(
            "severity",
            "Severity",
            SEVERITY,
            required=False,
            help="lower than the default needs a coordinator",
        ),
        ChoiceField(
            "scope",
            "Scope",
            scope_options(code),
            required=False,
            help="only 'the people listed' needs names",
        ),
        *(_detail(one, "") for one in code.optional if one != TOLD),
        _text("action", "Action taken", ""),
        TextField("minutes", "Minutes lost", digits=True, required=False, max_cells=4),
        ToggleField("exact", "Time is exact", help="n if estimated"),
        ChoiceField("completed", "Test completed", COMPLETED, required=False),
        ToggleField("void", "Void recommended", help="MSSC or the test vendor decides"),
        _text("observer", "Observer", "if someone else saw it"),
        _text("witnesses", "Witnesses", ""),
        _text("vendor_case", "Vendor case no.", ""),
    ]
    return Form(tuple(_start_field(one, start) for one in (*needed, *rest)), save_at)


def scope_options(code: IrregularityCode) -> Options:
    """Return whom an entry of this code can be said to concern."""
    return tuple(one for one in SCOPE if not one[0] or one[0] in code.allowed_scopes)


def _text(
    name: str,
    label: str,
    use: str,
    *,
    required: bool = False,
) -> TextField:
    return TextField(
        name,
        label,
        help=use,
        max_cells=NARRATIVE_CELLS_MAX,
        required=required,
        validators=(Readable(_clean),),
    )


def _detail(name: str, sign: str) -> TextField:
    label = field_label(name)
    field = _text(_field_name(name), f"{label[:1].upper()}{label[1:]}{sign}", "")
    return replace(field, validators=(Readable(partial(_read_detail, name)),))


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


def _clean(text: str) -> str:
    # As much as the record takes: a report that the kiosk drafted is corrected here.
    return clean_text(text, cells_max=NARRATIVE_CELLS_MAX)
