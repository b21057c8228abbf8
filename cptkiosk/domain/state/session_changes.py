"""What an entry makes of a session: one handler an event, and the table of them.

A session is the fold of its entries. `evolve` lets an event about one attempt change
that attempt, and any other the session as a whole; neither refuses, since an event has
happened. `timeline_ms` is where the entry lies on the session's timeline.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import reduce
from types import MappingProxyType

from cptkiosk.domain.events.checkin import CheckInOpened, SessionHandedOver
from cptkiosk.domain.events.fact import Entry, Fact, LogFact
from cptkiosk.domain.events.irregularity import IrregularityRecorded, NoteTaken
from cptkiosk.domain.events.planning import (
    AttemptAssigned,
    OddDate,
    SessionCancelled,
    SessionPlanned,
)
from cptkiosk.domain.events.restart import BootBridged, RoomClockConfirmed
from cptkiosk.domain.events.session import (
    AttemptFact,
    StepAuthorized,
    StepsGrouped,
    StepUndone,
)
from cptkiosk.domain.events.testing import (
    AnnouncementMade,
    CreditGiven,
    SessionAbandoned,
    SessionEnded,
    SessionStarted,
    StartUndone,
)
from cptkiosk.domain.state import (
    attempt_changes,
    closing_changes,
    halt_changes,
    session_log,
)
from cptkiosk.domain.state.attempt import NEVER_STARTED, Attempt, AttemptProgress
from cptkiosk.domain.state.gaps import Gap
from cptkiosk.domain.state.halt_changes import Handler
from cptkiosk.domain.state.score_changes import apply_effect
from cptkiosk.domain.state.seat_swap import SeatSwap
from cptkiosk.domain.state.session import (
    Decision,
    DecisionFact,
    Irregularity,
    Session,
    Stage,
)
from cptkiosk.domain.state.timeline_correction import retell_session
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import replace


def evolve(session: Session, entry: Entry) -> Session:
    """Return `session` after `entry`; total, and unable to refuse."""
    timeline_ms = session.timeline_ms(entry.at)
    if isinstance(entry.event, AttemptFact):
        known = session.attempts.get(entry.event.attempt_id)
        if isinstance(entry.event, AttemptAssigned):
            made = attempt_changes.new_attempt(entry.event)
            if known is not None:
                made = attempt_changes.put_back(made, known)
            session = session.with_attempt(made)
        elif known is not None:
            changed = attempt_changes.evolve(entry.event, known, entry, timeline_ms)
            if _may_rise(session, entry.event, known, changed, timeline_ms):
                changed = session.announced_again(changed, timeline_ms)
            session = session.with_attempt(changed)
        if isinstance(entry.event, DecisionFact):
            decided = Decision(entry.at, entry.actor, entry.event)
            session = replace(session, decisions=(*session.decisions, decided))
    elif isinstance(entry.event, LogFact):
        session = session_log.append_entry(session, entry)
    else:
        session = HANDLERS[type(entry.event)](entry.event, session, entry, timeline_ms)
    on_line = entry.at.boot_id in session.offsets
    since = session.since_gaps
    if session.before_gaps is not None:
        since = (*since, entry)
    approved = session.approved
    if _is_approved(session, entry):
        approved = (*approved, (len(session.approvals) - 1, entry.event))
    return replace(
        session,
        approved=approved,
        lasting=(*session.lasting, entry) if _lasts(entry.event) else session.lasting,
        since_gaps=since,
        version=entry.version,
        last_seq=entry.seq,
        last_at=entry.at,
        last_on_line=entry.at if on_line else session.last_on_line,
    )


def _lasts(event: Fact) -> bool:
    """Return whether an event is a step of the staff that undo cannot take back."""
    return bool(event.instead) and not getattr(event, "drafted", False)


def _is_approved(session: Session, entry: Entry) -> bool:
    """Return whether an entry is what the last approval, recorded with it, is about."""
    if not session.approvals:
        return False
    at, approval = session.approvals[-1]
    same = (at, approval.by, approval.step)
    return same == (entry.at, entry.actor, entry.event.kind)


def _may_rise(
    session: Session, event: Fact, known: Attempt, changed: Attempt, timeline_ms: int
) -> bool:
    """Return whether a candidate may now have more left than was announced."""
    if isinstance(event, StepUndone):
        # The person who had ended missed a halt dated back meanwhile.
        more = session.left_ms(changed, timeline_ms) > session.left_ms(
            known, timeline_ms
        )
        return more or known.end_line_ms is not None
    return isinstance(event, CreditGiven)


def replay(entries: Iterable[Entry]) -> Session:
    """Fold a whole stream into the session it leaves."""
    return reduce(evolve, entries, Session())


def _after_session_planned(
    event: SessionPlanned, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    return replace(
        session,
        session_id=event.session_id,
        title=event.title,
        starts_at_utc_ms=event.starts_at_utc_ms,
        module_ids=event.module_ids,
        rooms=event.rooms,
        odd_dates=_with_odd(session, event.odd, entry),
    )


def _after_check_in_opened(
    event: CheckInOpened, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    odd = _with_odd(session, event.odd, entry)
    return replace(session, stage=Stage.CHECK_IN, lead=entry.actor, odd_dates=odd)


def _with_odd(
    session: Session, odd: tuple[OddDate, ...], entry: Entry
) -> tuple[tuple[Instant, OddDate], ...]:
    return (*session.odd_dates, *((entry.at, one) for one in odd))


def _after_session_handed_over(
    event: SessionHandedOver, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    done = (entry.at, event.from_staff, event.to_staff)
    return replace(
        session,
        lead=event.to_staff,
        hand_overs=(*session.hand_overs, done),
        odd_dates=_with_odd(session, event.odd, entry),
    )


def _after_session_started(
    event: SessionStarted, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    offset_ms = event.start_utc_ms - event.start_boot_ms
    session = session.replace_attempts(
        attempt_changes.start_testing(one, event.start_utc_ms)
        if _has_begun(one, event)
        else replace(one, undo=None)
        for one in session.attempts.values()
    )
    return replace(
        session,
        stage=Stage.RUNNING,
        start_line_ms=event.start_utc_ms,
        offsets=MappingProxyType({event.boot_id: offset_ms}),
        started_version=entry.version,
        script_read=event.script_read,
        start_policies=MappingProxyType(dict(event.policies)),
        lasting=(),
        odd_dates=_with_odd(session, event.odd, entry),
    )


def _has_begun(attempt: Attempt, event: SessionStarted) -> bool:
    if event.attempt_ids:
        return attempt.attempt_id in event.attempt_ids
    return attempt.standing is AttemptProgress.SEATED


def _after_steps_grouped(
    event: StepsGrouped, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    known = [one for name in event.attempt_ids if (one := session.attempts.get(name))]
    if _is_seat_swap(known):
        first, second = known
        known = [
            _with_swap(first, second.attempt_id, entry.at.utc_ms),
            _with_swap(second, first.attempt_id, entry.at.utc_ms),
        ]
    return session.replace_attempts(
        replace(one, undo=replace(one.undo, batch=entry.seq))
        for one in known
        if one.undo is not None
    )


def _is_seat_swap(people: list[Attempt]) -> bool:
    """Return whether the last step of two people was to change seats."""
    seats = [
        ((one.undo.attempt.room, one.undo.attempt.seat), (one.room, one.seat))
        for one in people
        if one.undo is not None
    ]
    if len(seats) != 2 or len(people) != 2:
        return False
    (before, after), other = seats
    return before != after and other == (after, before)


def _with_swap(one: Attempt, other: str, utc_ms: int) -> Attempt:
    assert one.undo is not None, "they have just moved"
    before = one.undo.attempt.seat
    return replace(one, swaps=(*one.swaps, SeatSwap(utc_ms, other, before)))


def _after_start_undone(
    event: StartUndone, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    session = session.replace_attempts(
        replace(one, standing=AttemptProgress.SEATED, start_line_ms=None)
        for one in session.attempts.values()
        if one.start_line_ms is not None
    )
    return replace(
        session,
        stage=Stage.CHECK_IN,
        start_line_ms=None,
        offsets=MappingProxyType({}),
        started_version=0,
        script_read=False,
        start_policies=MappingProxyType({}),
    )


def _after_announcement_made(
    event: AnnouncementMade, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    return session.replace_attempts(
        replace(one, announced=one.announced | {event.minutes})
        for one in session.attempts.values()
        if one.attempt_id in event.attempt_ids
    )


def _after_note_taken(
    event: NoteTaken, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    return replace(session, notes=(*session.notes, (entry.at, entry.actor, event)))


def _after_irregularity_recorded(
    event: IrregularityRecorded, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    record = Irregularity(event, entry.at, entry.actor, entry.seq)
    session = replace(session, irregularities=(*session.irregularities, record))
    counts = Counter(
        attempt_id for one in session.in_force for attempt_id in one.event.attempt_ids
    )
    concerned = set(event.attempt_ids) - set(event.spared)
    return session.replace_attempts(
        replace(
            apply_effect(one, event.validity) if one.attempt_id in concerned else one,
            irregularities=counts[one.attempt_id],
        )
        for one in session.attempts.values()
        if one.irregularities != counts[one.attempt_id] or one.attempt_id in concerned
    )


def _after_session_ended(
    event: SessionEnded, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    return replace(
        session,
        stage=Stage.ENDED,
        ended_utc_ms=entry.at.utc_ms,
        ended_line_ms=timeline_ms,
        ended_version=entry.version,
        ended_by=entry.actor,
        ended_terminal=entry.terminal,
    )


def _after_step_authorized(
    event: StepAuthorized, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    return replace(session, approvals=(*session.approvals, (entry.at, event)))


def _after_session_cancelled(
    event: SessionCancelled, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    session = session.replace_attempts(
        replace(one, standing=AttemptProgress.CANCELLED, reason=event.reason, undo=None)
        for one in session.attempts.values()
        if not (event.outcomes_kept and one.standing in NEVER_STARTED)
    )
    reasons = (*session.reasons, (entry.at, "cancelled", event.reason))
    return replace(session, stage=Stage.CANCELLED, reasons=reasons)


def _after_session_abandoned(
    event: SessionAbandoned, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    halts = attempt_changes.close_intervals(session.halts, timeline_ms)
    reasons = (*session.reasons, (entry.at, "abandoned", event.reason))
    return replace(
        session,
        stage=Stage.ABANDONED,
        halts=halts,
        ended_line_ms=timeline_ms,
        reasons=reasons,
    )


def _after_boot_bridged(
    event: BootBridged, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    offsets = {**session.offsets, event.boot_id: event.offset_ms}
    stops = not event.usable and session.stage is Stage.RUNNING
    return replace(
        session,
        offsets=MappingProxyType(offsets),
        gaps=(*session.gaps, Gap(entry.at, event, stops)),
        before_gaps=session.before_gaps or session,
    )


def _after_room_clock_confirmed(
    event: RoomClockConfirmed, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    corrected = retell_session(session, event, evolve)
    if event.correction_ms < 0:
        corrected = corrected.raise_figures(corrected.timeline_ms(entry.at))
    return replace(corrected, gaps=(), before_gaps=None, since_gaps=())


HANDLERS: Mapping[type[Fact], Handler] = {
    **closing_changes.HANDLERS,
    **session_log.HANDLERS,
    **halt_changes.HANDLERS,
    SessionPlanned: _after_session_planned,
    CheckInOpened: _after_check_in_opened,
    SessionHandedOver: _after_session_handed_over,
    SessionStarted: _after_session_started,
    StepsGrouped: _after_steps_grouped,
    StartUndone: _after_start_undone,
    AnnouncementMade: _after_announcement_made,
    NoteTaken: _after_note_taken,
    IrregularityRecorded: _after_irregularity_recorded,
    SessionEnded: _after_session_ended,
    StepAuthorized: _after_step_authorized,
    SessionCancelled: _after_session_cancelled,
    SessionAbandoned: _after_session_abandoned,
    BootBridged: _after_boot_bridged,
    RoomClockConfirmed: _after_room_clock_confirmed,
}
"""What each event about a session as a whole does."""
