"""What still keeps a session from its next stage."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from cptkiosk.domain.events.irregularity import IrregularityRecorded
from cptkiosk.domain.modules import Policies, field_label
from cptkiosk.domain.state.attempt import (
    ENDED_EARLY,
    NEVER_STARTED,
    OUTCOMES,
    Attempt,
    AttemptProgress,
)
from cptkiosk.domain.state.official import Official
from cptkiosk.domain.state.score_state import EXPLAINED, ScoreState, Validity
from cptkiosk.domain.state.session import Irregularity, Session
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import MINUTE_MS, Actor, Reason, Role

SETTLED_FOR_START = NEVER_STARTED | {
    AttemptProgress.SEATED,
    AttemptProgress.LATE_EXPECTED,
}
TOLD = "who-was-told"
MORE_SEEN = "more-of-what-was-seen"
"""Fields that are also required for a breach, and for a code without its own name."""


REPORTED_MS = 15 * MINUTE_MS
"""How long before a halt its cause may have happened."""

OF_NO_HALT = ("TIM-", "MAT-")
"""Prefixes of the codes for announcements, clocks and scratch paper. The kiosk drafts
such irregularities for a whole session, and none of them explains a halt."""

ENTRIES_DUE = {ScoreState.NONE: 2, ScoreState.MISMATCH: 2}
"""How many times a score in these states is still to be entered; in others once."""

SEEN_FROM = 2
"""The lowest severity that a coordinator reviews before the seal."""


WasCoordinator = Callable[[str, int], bool]
"""Whether a staff member was a coordinator when the entry of that number was recorded."""


def no_coordinator(staff_id: str, seq: int) -> bool:
    """Return `False`: no one was a coordinator."""
    return False


class Who(StrEnum):
    """Who can take a step; a coordinator can also take the lead's steps."""

    ANYBODY = "anybody"
    LEAD = "lead"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing to settle, and where."""

    reason: Reason
    """What there is to settle, by a code."""

    place: str
    """The screen where it is settled: check-in, testing, scores, irregularities or
    close-out."""

    attempt_id: str = ""
    """The attempt it is about, or the ID of an irregularity, or the name of a halt."""

    who: Who = Who.ANYBODY
    """Who can settle it."""

    entries: int = 1
    """How many steps it takes: a score is entered twice."""


def to_start(session: Session) -> tuple[Blocker, ...]:
    """Return who must still be seated, marked or denied before the start."""
    people = session.attempts.values()
    if not people:
        return (Blocker(Reason("list-empty"), "plan"),)
    unresolved = tuple(
        Blocker(_standing_of(session, one, one.standing), "check-in", one.attempt_id)
        for one in people
        if one.standing not in SETTLED_FOR_START
    )
    if unresolved or any(one.standing is AttemptProgress.SEATED for one in people):
        return unresolved
    return (Blocker(Reason("no-one-seated"), "check-in"),)


def all_over(session: Session) -> bool:
    """Return whether everyone has an outcome; called every second, so it names no one."""
    return all(one.standing in OUTCOMES for one in session.attempts.values())


def to_end(session: Session, timeline_ms: int) -> tuple[Blocker, ...]:
    """Return whose outcome is still open."""
    return tuple(
        Blocker(_standing_of(session, one, progress), "testing", one.attempt_id)
        for one in session.attempts.values()
        if (progress := session.progress(one, timeline_ms)) not in OUTCOMES
    )


def _standing_of(session: Session, one: Attempt, standing: AttemptProgress) -> Reason:
    return Reason(
        "time-is-over" if standing is AttemptProgress.TIME_UP else "still-standing",
        person=session.label(one),
        standing=standing,
    )


def to_seal(session: Session) -> tuple[Blocker, ...]:
    """Return what must be settled before the seal."""
    return tuple(_seal_blockers(session))


def unseen_irregularities(
    session: Session, was_coordinator: WasCoordinator
) -> tuple[Irregularity, ...]:
    """Return complete irregularities that no coordinator has reviewed or recorded."""
    return tuple(
        one
        for one in session.in_force
        if one.event.severity >= SEEN_FROM
        and not one.event.missing
        and one.event.irregularity_id not in session.seen
        and not was_coordinator(one.recorded_by, one.seq)
    )


def to_look_at(
    session: Session, was_coordinator: WasCoordinator
) -> tuple[Blocker, ...]:
    """Return what needs a look but does not block the seal."""
    return tuple(_open_matters(session, was_coordinator))


def _open_matters(
    session: Session, was_coordinator: WasCoordinator
) -> Iterator[Blocker]:
    for one in session.attempts.values():
        if one.validity is Validity.WITHHELD and one.standing not in NEVER_STARTED:
            reason = Reason("score-withheld", person=session.label(one))
            yield Blocker(reason, "scores", one.attempt_id, Who.COORDINATOR)
        if one.score.state in EXPLAINED and one.official is Official.DIFFERS:
            reason = Reason("official-has-score", person=session.label(one))
            yield Blocker(reason, "scores", one.attempt_id, Who.COORDINATOR)
        if one.in_spite_of:
            person, noted = session.label(one), one.in_spite_of
            reason = Reason("noted-at-check-in", person=person, noted=noted)
            yield Blocker(reason, "person", one.attempt_id)
    for found in unseen_irregularities(session, was_coordinator):
        event = found.event
        reason = Reason("not-reviewed", irregularity=event.code)
        place, about = "irregularities", event.irregularity_id
        yield Blocker(reason, place, about, Who.COORDINATOR)
    for began, why in halts_unreported(session):
        yield Blocker(Reason("halt-unreported", why=why), "report", halt_name(began))
    counted = session.scratch
    if counted is not None and counted.returned < counted.issued:
        missing = Reason("sheets-missing", count=counted.issued - counted.returned)
        said = filter(None, (missing_sheets(session), counted.note.text))
        yield Blocker(Reason("scratch-paper", parts=(missing, *said)), "close-out")


def halts_unreported(session: Session) -> tuple[tuple[Instant, str], ...]:
    """Return when halts began that no irregularity explains, and their reasons.

    An irregularity explains a halt if it concerns more than one person, is not about
    announcements, time or paper, and happened between `REPORTED_MS` before the halt and
    the next halt. Where the wall clock was set back between two halts, the second does
    not end the time of the first.
    """
    halts = [(at, why) for at, what, why in session.reasons if what == "halted"]
    ends = [at.utc_ms for at, _ in halts[1:]]
    told = [
        one.event.happened_at_utc_ms
        for one in session.in_force
        if one.event.scope != "attempt" and not one.event.code.startswith(OF_NO_HALT)
    ]
    return tuple(
        (at, why.text)
        for (at, why), until_ms in zip_longest(halts, ends)
        if not any(
            at.utc_ms - REPORTED_MS <= ms
            and (until_ms is None or until_ms <= at.utc_ms or ms < until_ms)
            for ms in told
        )
    )


def halt_name(began: Instant) -> str:
    """Return what a halt that began then is told apart by."""
    return f"{began.utc_ms}"


def find_signer(
    session: Session, policies: Policies, was_coordinator: WasCoordinator
) -> Who:
    """Return who signs the close-out."""
    if unseen_irregularities(session, was_coordinator):
        return Who.COORDINATOR
    return Who.LEAD if policies.lead_seals else Who.ANYBODY


def may_take_step(actor: Actor, who: Who, lead: str) -> bool:
    """Return whether the actor can take a step."""
    if who is Who.ANYBODY or actor.role is Role.COORDINATOR:
        return True
    return who is Who.LEAD and actor.staff_id == lead


def scratch_issued(session: Session) -> int:
    """Return how many sheets of scratch paper all candidates together were given."""
    return sum(len(one.sheets) for one in session.attempts.values())


def missing_sheets(session: Session) -> str:
    """Return the numbers of missing sheets and who had them, or an empty string."""
    if session.scratch is None:
        return ""
    had = {
        number: session.label(one)
        for one in session.attempts.values()
        for number in one.sheets
    }
    return ", ".join(
        f"{number} ({had[number]})" if number in had else f"{number}"
        for number in session.scratch.missing
    )


def next_sheet(session: Session) -> int:
    """Return the number of the next sheet to give out, above all given so far."""
    given = (max(one.sheets, default=0) for one in session.attempts.values())
    return max(given, default=0) + 1


def scratch_open(session: Session) -> bool:
    """Return whether scratch paper was not counted, or was issued after the count."""
    counted = session.scratch
    return counted is None or counted.issued < scratch_issued(session)


def _seal_blockers(session: Session) -> Iterator[Blocker]:
    for one in session.attempts.values():
        if one.standing not in OUTCOMES:
            reason = Reason("no-outcome", person=session.label(one))
            yield Blocker(reason, "testing", one.attempt_id)
        elif lacks := score_lacks(one):
            decides = one.has_discrepancy or one.was_verified
            who = Who.COORDINATOR if decides else Who.ANYBODY
            reason = Reason("score-lacks", person=session.label(one), lacks=lacks)
            entries = ENTRIES_DUE.get(one.score.state, 1)
            yield Blocker(reason, "scores", one.attempt_id, who, entries)
    for found in session.in_force:
        if found.event.missing:
            about = found.event.irregularity_id
            yield Blocker(lacking_fields(found.event), "irregularities", about)
    if session.unconfirmed_bridge is not None:
        yield Blocker(Reason("clock-to-compare"), "testing")
    if scratch_open(session):
        first, issued = session.scratch is None, scratch_issued(session)
        reason = Reason("sheets-out" if first else "sheets-out-again", issued=issued)
        yield Blocker(reason, "close-out")


def lacking_fields(event: IrregularityRecorded) -> Reason:
    """Return what an irregularity still needs."""
    fields = missing_words(event)
    return Reason("irregularity-lacks", irregularity=event.code, fields=fields)


def missing_words(event: IrregularityRecorded) -> str:
    """Return the labels of the fields that an irregularity still needs."""
    return ", ".join(map(field_label, event.missing))


def score_lacks(attempt: Attempt) -> str:
    """Return what an attempt's score still needs, or an empty string.

    Every ledger stores this in a projected table that `verify` compares, so these are
    codes and never change; `display_term` returns the words that people read.
    """
    score = attempt.score
    never_began = attempt.standing in OUTCOMES and not attempt.owes_score
    if never_began or score.state in EXPLAINED:
        return ""
    if score.state is ScoreState.VERIFIED:
        if not attempt.has_discrepancy:
            return ""
        if attempt.official is Official.DIFFERS:
            return "official score differs - settle it"
        return f"vendor says {score.vendor_verdict} - settle it"
    if score.state is ScoreState.ENTERED:
        return "key the score again"
    if score.state is ScoreState.CORRECTED:
        return "key the corrected score again"
    if score.state is ScoreState.MISMATCH:
        return "the entries differ; key both again"
    if attempt.standing in ENDED_EARLY:
        return "score, or why there is none"
    return "score to be keyed"
