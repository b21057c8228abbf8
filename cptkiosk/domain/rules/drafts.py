"""Irregularities that the kiosk drafts, for a person to explain before the seal.

A draft says what the clocks show, but not why. It keeps the session from being sealed
until a person records an entry that supersedes it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from cptkiosk.domain.events.closing import ScratchReconciled
from cptkiosk.domain.events.irregularity import IrregularityRecorded
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.rules.announcing import MISSED_CALL, missed_calls
from cptkiosk.domain.rules.rule import Context
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.blockers import MORE_SEEN
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import MINUTE_MS, Personal, plural

TOO_LITTLE, TOO_MUCH = "TIM-UNDER", "TIM-OVER"
"""The codes for a clock that gave too little or too much time."""

SHEETS = "MAT-SCRATCH"
"""The code for scratch paper that was not all returned."""

WHY = "Drafted by the kiosk. Explain why in an entry that corrects this one."


def is_over_time(
    session: Session, one: Attempt, timeline_ms: int, policies: Policies
) -> bool:
    """Return whether an end at `timeline_ms` is so late that it must be explained."""
    over_ms = -session.left_ms(one, timeline_ms)
    return not one.is_untimed and over_ms > policies.over_time_seconds * 1000


def over_time(
    session: Session, whom: Collection[Attempt], context: Context
) -> tuple[IrregularityRecorded, ...]:
    """Return the draft about people whose end is recorded too long after time was up."""
    timeline_ms = session.timeline_ms(context.now)
    over = {
        one.attempt_id: -session.left_ms(one, timeline_ms)
        for one in whom
        if is_over_time(session, one, timeline_ms, context.policies)
    }
    known = _named_people(session, TOO_MUCH)
    new = {name: ms for name, ms in over.items() if name not in known}
    if not new:
        return ()
    spans = _each_once(timing.span_text(ms) for ms in new.values())
    minutes = _each_once(f"{ms // MINUTE_MS}" for ms in new.values())
    text = f"The end was recorded {spans} after time was up."
    details = (("minutes-over", minutes),)
    return (
        _make_draft(session, TOO_MUCH, tuple(new), text, details, context)
        if (begun := _open_draft(session, TOO_MUCH)) is None
        else _extend_draft(session, begun, tuple(new), text, minutes, context),
    )


def _open_draft(session: Session, code: str) -> IrregularityRecorded | None:
    """Return a draft that flags scores and is not explained yet, or `None`."""
    return next(
        (
            one.event
            for one in session.in_force
            if one.event.code == code and one.event.drafted
            and one.event.missing and one.event.validity == "flag"
        ),
        None,
    )  # fmt: skip


def _extend_draft(
    session: Session,
    begun: IrregularityRecorded,
    new: tuple[str, ...],
    text: str,
    minutes: str,
    context: Context,
) -> IrregularityRecorded:
    """Return a draft that replaces one about others, so that one entry explains all."""
    known = dict(begun.details)["minutes-over"].text
    said = begun.observed.text
    draft = _make_draft(
        session,
        begun.code,
        (*begun.attempt_ids, *new),
        said if text in said else f"{said} {text}",
        (("minutes-over", _each_once(f"{known}, {minutes}".split(", "))),),
        context,
    )
    return replace(draft, supersedes=begun.irregularity_id, spared=begun.attempt_ids)


def _each_once(words: Iterable[str]) -> str:
    """Return words in their order without duplicates: '10:41, 12:00'."""
    return ", ".join(dict.fromkeys(words))


def vendor_differs(
    session: Session, attempt: Attempt, drift_ms: int, context: Context
) -> tuple[IrregularityRecorded, ...]:
    """Return the draft about a vendor's clock that differs too much from ours."""
    close = abs(drift_ms) <= context.policies.vendor_drift_seconds * 1000
    if close:
        return ()
    code = TOO_MUCH if drift_ms > 0 else TOO_LITTLE
    if attempt.attempt_id in _named_people(session, code):
        return ()
    more = "more" if drift_ms > 0 else "less"
    span = timing.span_text(abs(drift_ms))
    text = f"The vendor's clock showed {span} {more} than the kiosk's clock."
    field = "minutes-over" if drift_ms > 0 else "minutes-owed"
    minutes = f"{abs(drift_ms) // MINUTE_MS}"
    draft = _make_draft(
        session, code, (attempt.attempt_id,), text, ((field, minutes),), context,
        flags=False,
    )  # fmt: skip
    return (draft,)


def not_announced(
    session: Session, context: Context, *, after: int = 0
) -> tuple[IrregularityRecorded, ...]:
    """Return a draft for each announcement that was not made, once the session is over.

    Args:
        session: as it is recorded.
        context: who, and when.
        after: the number of drafts before these in the same step.
    """
    timeline_ms = session.timeline_ms(context.now)
    calls = missed_calls(session, timeline_ms, context.policies)
    return tuple(
        replace(
            _make_draft(
                session,
                MISSED_CALL,
                call.attempt_ids,
                f"{call.minutes} minutes left was not announced.",
                (("minutes", f"{call.minutes}"),),
                context,
                after=number,
            ),
            happened_at_utc_ms=context.now.utc_ms - (timeline_ms - call.due_line_ms),
        )
        for number, call in enumerate(calls, after)
    )


def sheets_missing(
    session: Session, counted: ScratchReconciled, context: Context
) -> tuple[IrregularityRecorded, ...]:
    """Return the draft about scratch paper that did not all come back.

    There is none if an entry already gives the same count. The draft replaces an earlier
    one that is not explained yet. It flags no score.
    """
    if counted.returned >= counted.issued:
        return ()
    known = [one.event for one in session.in_force if one.event.code == SHEETS]
    details = (("issued", f"{counted.issued}"), ("returned", f"{counted.returned}"))
    if any(
        {name: said.text for name, said in one.details}.items() >= dict(details).items()
        for one in known
    ):
        return ()
    who = tuple(
        one.attempt_id
        for one in session.attempts.values()
        if set(one.sheets) & set(counted.missing)
    )
    text = f"{counted.returned} of {plural(counted.issued, 'sheet')} were returned."
    if counted.missing:
        text += f" Missing: {', '.join(map(str, counted.missing))}."
    draft = _make_draft(session, SHEETS, who, text, details, context, flags=False)
    open_one = next((one for one in known if one.drafted and one.missing), None)
    before = "" if open_one is None else open_one.irregularity_id
    return (replace(draft, supersedes=before),)


def _named_people(session: Session, code: str) -> frozenset[str]:
    """Return the attempts that entries of a code, not superseded, name."""
    return frozenset(
        name
        for one in session.in_force
        if one.event.code == code
        for name in one.event.attempt_ids
    )


def _make_draft(
    session: Session,
    code_id: str,
    attempt_ids: tuple[str, ...],
    text: str,
    details: Sequence[tuple[str, str]],
    context: Context,
    *,
    flags: bool = True,
    after: int = 0,
) -> IrregularityRecorded:
    """Return a draft of a code, with everything but the explanation."""
    code = context.definitions.irregularity(code_id)
    about = session.session_id
    if len(attempt_ids) == 1:
        about = session.attempts[attempt_ids[0]].participant_id
    given = {name for name, _ in details}
    return IrregularityRecorded(
        irregularity_id=f"{session.session_id}-i{len(session.irregularities) + after + 1}",
        code=code_id,
        severity=code.severity,
        scope=code.scope,
        attempt_ids=attempt_ids,
        happened_at_utc_ms=context.now.utc_ms,
        estimated=False,
        observed=Personal(text, about),
        action_taken=Personal(WHY, about),
        minutes_lost=0,
        validity=code.validity if flags else "none",
        details=tuple((name, Personal(said, about)) for name, said in details),
        missing=tuple(one for one in code.fields if one not in given) or (MORE_SEEN,),
        drafted=True,
    )
