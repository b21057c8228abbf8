"""Rules of notes, and of irregularities: never edited, only superseded."""

import re
from dataclasses import dataclass, replace

from cptkiosk.domain.commands import irregularity as c
from cptkiosk.domain.events import irregularity as e
from cptkiosk.domain.modules import SCOPES, IrregularityCode, field_label
from cptkiosk.domain.rules.checks import attempt_on_roll, make_personal, reason_given
from cptkiosk.domain.rules.rule import Context, Events, rule
from cptkiosk.domain.state.attempt import NEVER_STARTED, Attempt
from cptkiosk.domain.state.blockers import MORE_SEEN, TOLD
from cptkiosk.domain.state.session import Irregularity, Session, Stage
from cptkiosk.domain.values import MINUTE_MS, Personal, Refused

NARRATIVE_MIN = 3
SEVERITIES = (1, 2, 3)
BREACH = 3
VALIDITIES = ("none", "flag", "withhold", "no-attempt")
EFFECTS = {"flag": 1, "withhold": 2}
"""How grave it is what an entry does to a score; everything else does nothing."""

MINUTES = re.compile(r"[0-9]{1,4}(\.[0-9]|:[0-5][0-9])?( ?min(ute)?s?)?")
"""A number of minutes as people write it: 10, 2.5, 6:30 or 10 min."""

COMPLETED = ("", "yes", "no")


def _record_irregularity(
    session: Session, command: c.RecordIrregularity, context: Context
) -> Events:
    code = _find_code(command, context)
    _known_values(command)
    _scope_allowed(session, command, code)
    _check_affected(session, command)
    _check_correction(session, command, context)
    if command.severity < code.severity:
        context.actor.must_be_coordinator(
            "less-serious", code=code.id, severity=code.severity
        )
    if command.severity > code.severity_max:
        context.actor.must_be_coordinator(
            "more-serious", code=code.id, severity=code.severity_max
        )
    # What the record holds has happened, although the wall clock was set back since.
    halted_ms = (at.utc_ms for at, _, _ in session.reasons)
    known_ms = max([context.now.utc_ms, *halted_ms])
    if command.happened_at_utc_ms > known_ms + MINUTE_MS:
        raise Refused("time-to-come")
    about = session.session_id
    if len(command.attempt_ids) == 1:
        about = session.attempts[command.attempt_ids[0]].participant_id
    details = tuple(
        (name, make_personal(text, about))
        for name, text in command.details
        if text.strip()
    )
    number = len(session.irregularities) + 1
    return (
        e.IrregularityRecorded(
            irregularity_id=f"{session.session_id}-i{number}",
            code=command.code,
            severity=command.severity,
            scope=command.scope,
            attempt_ids=command.attempt_ids,
            happened_at_utc_ms=command.happened_at_utc_ms or context.now.utc_ms,
            estimated=command.estimated,
            observed=make_personal(command.observed, about),
            action_taken=make_personal(command.action_taken, about),
            minutes_lost=command.minutes_lost,
            validity=score_effect(command),
            supersedes=command.supersedes,
            details=details,
            missing=missing_parts(command, code),
            moments=_make_moments(session, command, context),
            observer=_optional_personal(command.observer, about),
            witnesses=_optional_personal(command.witnesses, about),
            told=_optional_personal(command.told, about),
            vendor_case=make_personal(command.vendor_case, about).text,
            completed=command.completed,
            void_recommended=command.void_recommended,
            spared=_spared_people(session, command),
        ),
    )


VALIDITY_OF = {1: "none", 2: "flag", BREACH: "withhold"}
"""What a severity proposes for a score, where it is not the code's own."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How serious an entry is, whom it concerns, and what it proposes for scores."""

    severity: int
    scope: str
    validity: str


def weigh_entry(
    code: IrregularityCode,
    corrects: e.IrregularityRecorded | None,
    severity: int = 0,
    scope: str = "",
) -> Weight:
    """Return how an entry is weighed: as said, else as the code proposes.

    What the entry that is corrected was weighed as stays.

    Args:
        code: of the entry.
        corrects: the entry whose place it takes, if it is a correction.
        severity: as said; 0 if nothing was.
        scope: the same, empty if nothing was.
    """
    own = corrects if corrects is not None and corrects.code == code.id else code
    severity = severity or own.severity
    unchanged = severity == own.severity
    validity = own.validity if unchanged else VALIDITY_OF[severity]
    return Weight(severity, scope or own.scope, validity)


def score_effect(command: c.RecordIrregularity) -> str:
    """Return what an entry does to scores: a breach withholds, whatever is proposed."""
    return "withhold" if command.severity >= BREACH else command.validity


def _spared_people(session: Session, command: c.RecordIrregularity) -> tuple[str, ...]:
    """Return on whom a correction has no effect that the corrected entry had not.

    What the coordinator has decided about them since then stands.
    """
    old = find_irregularity(session, command.supersedes)
    if old is None:
        return ()
    had = (old.event.severity, EFFECTS.get(old.event.validity, 0))
    has = (command.severity, EFFECTS.get(score_effect(command), 0))
    if has[0] > had[0] or has[1] > had[1]:
        return ()
    named = set(old.event.attempt_ids)
    return tuple(one for one in command.attempt_ids if one in named)


def missing_parts(
    command: c.RecordIrregularity, code: IrregularityCode
) -> tuple[str, ...]:
    """Return what an entry lacks: allowed in the moment, settled before the seal."""
    given = {name for name, text in command.details if text.strip()}
    lacking = [one for one in code.fields if one not in given]
    if len(command.observed.strip()) < code.narrative_min:
        lacking.append(MORE_SEEN)
    if command.severity >= BREACH and not command.told.strip():
        lacking.append(TOLD)
    return tuple(lacking)


def _find_code(command: c.RecordIrregularity, context: Context) -> IrregularityCode:
    try:
        code = context.definitions.irregularity(command.code)
    except KeyError:
        raise Refused("no-such-irregularity-code", code=command.code) from None
    known = {*code.fields, *code.optional}
    for name, _ in command.details:
        if name not in known:
            raise Refused("no-such-field", code=command.code, field=field_label(name))
    for name, text in command.details:
        if not fits_field(name, text):
            raise Refused("minutes-unreadable", text=text)
    return code


def is_minutes(name: str) -> bool:
    """Return whether a field of a code holds a number of minutes."""
    return name.startswith("minutes")


def fits_field(name: str, text: str) -> bool:
    """Return whether a field of minutes has a number, or several, or is left empty."""
    if not is_minutes(name) or not text.strip():
        return True
    return all(MINUTES.fullmatch(one.strip()) for one in text.split(","))


def _known_values(command: c.RecordIrregularity) -> None:
    if command.severity not in SEVERITIES:
        raise Refused("severity-unknown", severity=command.severity)
    if command.scope not in SCOPES:
        raise Refused("scope-unknown", scope=command.scope, choices=SCOPES)
    if command.validity not in VALIDITIES:
        raise Refused("validity-unknown", validity=command.validity, choices=VALIDITIES)
    if command.completed not in COMPLETED:
        raise Refused("completed-unclear")
    if len(command.observed.strip()) < NARRATIVE_MIN:
        raise Refused("facts-missing")
    if command.minutes_lost < 0:
        raise Refused("minutes-negative")


def _scope_allowed(
    session: Session, command: c.RecordIrregularity, code: IrregularityCode
) -> None:
    """Check that this code may concern so many; a correction may keep what was said.

    Raises:
        Refused: if it may not.
    """
    old = find_irregularity(session, command.supersedes)
    kept = (old.event.scope,) if old and old.event.code == code.id else ()
    if command.scope not in (*code.allowed_scopes, *kept):
        raise Refused(
            "scope-not-allowed",
            code=code.id,
            scope=command.scope,
            choices=code.allowed_scopes,
        )


def _check_affected(session: Session, command: c.RecordIrregularity) -> None:
    unknown = [one for one in command.attempt_ids if one not in session.attempts]
    if unknown:
        raise Refused("not-on-roll", attempt_id=unknown[0])
    if not command.attempt_ids and command.scope == "attempt":
        raise Refused("no-name-given")
    if not command.attempt_ids and names_somebody(session, command.severity):
        raise Refused("breach-without-names")


def names_somebody(session: Session, severity: int) -> bool:
    """Return whether an entry must name a candidate: a breach must, if any are here."""
    people = session.attempts.values()
    return severity >= BREACH and any(
        one.standing not in NEVER_STARTED for one in people
    )


def _check_correction(
    session: Session, command: c.RecordIrregularity, context: Context
) -> None:
    if not command.supersedes:
        return
    old = find_irregularity(session, command.supersedes)
    if old is None:
        later = replaced_by(session, command.supersedes)
        if later is not None:
            before, after = (
                one.rpartition("-")[2] for one in (command.supersedes, later)
            )
            raise Refused("entry-replaced", before=before, after=after)
        raise Refused("no-such-entry", supersedes=command.supersedes)
    fewer = set(old.event.attempt_ids) - set(command.attempt_ids)
    if old.event.severity >= BREACH and (command.severity < BREACH or fewer):
        context.actor.must_be_coordinator("take-back-breach")


def find_irregularity(session: Session, irregularity_id: str) -> Irregularity | None:
    """Return an entry that is in force, if there is one of that id."""
    return next(
        (
            one
            for one in session.in_force
            if one.event.irregularity_id == irregularity_id
        ),
        None,
    )


def replaced_by(session: Session, irregularity_id: str) -> str | None:
    """Return the entry in force that took the place of another one, if one did."""
    later = {
        one.event.supersedes: one.event.irregularity_id
        for one in session.irregularities
        if one.event.supersedes
    }
    found = None
    while irregularity_id in later:
        found = irregularity_id = later[irregularity_id]
    return found


def _make_moments(
    session: Session, command: c.RecordIrregularity, context: Context
) -> tuple[e.Moment, ...]:
    happened_ms = command.happened_at_utc_ms or context.now.utc_ms
    ago_ms = max(0, context.now.utc_ms - happened_ms)
    then_ms = session.timeline_ms(context.now) - ago_ms
    chosen = [session.attempts[one] for one in command.attempt_ids]
    return tuple(
        e.Moment(
            attempt_id=one.attempt_id,
            seat=f"{one.room} {one.seat}".strip(),
            left_ms=_left_then(session, one, then_ms),
        )
        for one in chosen
    )


def _left_then(session: Session, one: Attempt, then_ms: int) -> int | None:
    """Return the time a candidate had left at an instant; none before the start."""
    if one.start_line_ms is None or then_ms < one.start_line_ms:
        return None
    if one.end_line_ms is None:
        return session.left_ms(one, then_ms)
    ended_ms = min(then_ms, one.end_line_ms)
    return session.left_ms(replace(one, end_line_ms=ended_ms), ended_ms)


def _optional_personal(text: str, about: str) -> Personal | None:
    return make_personal(text, about) if text.strip() else None


def _take_note(session: Session, command: c.TakeNote, context: Context) -> Events:
    about = session.session_id
    if command.attempt_id:
        about = attempt_on_roll(session, command.attempt_id).participant_id
    text = reason_given(command.text, about)
    return (e.NoteTaken(attempt_id=command.attempt_id, text=text),)


RULES = (
    rule(c.RecordIrregularity, _record_irregularity, *Stage),
    rule(c.TakeNote, _take_note, *(one for one in Stage if one is not Stage.SEALED)),
)
