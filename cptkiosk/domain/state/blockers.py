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
from cptkiosk.domain.state.score_state import ScoreState, Validity
from cptkiosk.domain.state.session import Irregularity, Session
from cptkiosk.domain.values import MINUTE_MS, Actor, Role, plural

SETTLED_FOR_START = NEVER_STARTED | {
    AttemptProgress.SEATED,
    AttemptProgress.LATE_EXPECTED,
}
TOLD = "who-was-told"
MORE_SEEN = "more-of-what-was-seen"
"""What an entry of a breach, or of a code without a name of its own, must also say."""
EXPLAINED = frozenset({ScoreState.PENDING, ScoreState.NOT_APPLICABLE})


REPORTED_MS = 15 * MINUTE_MS
"""How long before a halt that happened may have which an entry tells of it."""

OF_NO_HALT = ("TIM-", "MAT-")
"""How codes about our own clocks and papers begin; the kiosk drafts such entries for
a whole session, and none of them tells why it was halted."""

SEEN_FROM = 2
"""The severity from which on a coordinator looks at an entry before the seal."""


WasCoordinator = Callable[[str, int], bool]
"""Whether somebody was a coordinator when an entry of that number was recorded."""


def no_coordinator(staff_id: str, seq: int) -> bool:
    """Return that nobody was a coordinator."""
    return False


class Who(StrEnum):
    """Who can take a step; a coordinator can take those of the lead as well."""

    ANYBODY = "anybody"
    LEAD = "lead"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing to settle, and where."""

    text: str
    place: str
    """The screen on which it is settled: check-in, testing, scores, irregularities or
    close-out."""

    attempt_id: str = ""
    """Who it is about; of an irregularity its own id."""

    who: Who = Who.ANYBODY
    """Who can settle it."""


def to_start(session: Session) -> tuple[Blocker, ...]:
    """Return who must still be seated, marked or denied before the start."""
    people = session.attempts.values()
    if not people:
        return (Blocker("nobody is on the roll", "plan"),)
    unresolved = tuple(
        Blocker(f"{session.label(one)} is {one.standing}", "check-in", one.attempt_id)
        for one in people
        if one.standing not in SETTLED_FOR_START
    )
    if unresolved or any(one.standing is AttemptProgress.SEATED for one in people):
        return unresolved
    return (Blocker("nobody is seated", "check-in"),)


def all_over(session: Session) -> bool:
    """Return whether everybody has an outcome; asked at each tick, so without names."""
    return all(one.standing in OUTCOMES for one in session.attempts.values())


def to_end(session: Session, timeline_ms: int) -> tuple[Blocker, ...]:
    """Return whose outcome is still open."""
    return tuple(
        Blocker(f"{session.label(one)} is {progress}", "testing", one.attempt_id)
        for one in session.attempts.values()
        if (progress := session.progress(one, timeline_ms)) not in OUTCOMES
    )


def to_seal(session: Session) -> tuple[Blocker, ...]:
    """Return what the close-out still lacks."""
    return tuple(_seal_blockers(session))


def unseen_irregularities(
    session: Session, was_coordinator: WasCoordinator
) -> tuple[Irregularity, ...]:
    """Return the complete entries that no coordinator has looked at or recorded."""
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
    """Return what the seal does not wait for, but somebody should have looked at."""
    return tuple(_open_matters(session, was_coordinator))


def _open_matters(
    session: Session, was_coordinator: WasCoordinator
) -> Iterator[Blocker]:
    for one in session.attempts.values():
        if one.validity is Validity.WITHHELD and one.standing not in NEVER_STARTED:
            text = f"{session.label(one)}: score withheld until a coordinator decides"
            yield Blocker(text, "scores", one.attempt_id, Who.COORDINATOR)
        if one.in_spite_of:
            text = f"{one.in_spite_of} at check-in: {session.label(one)}"
            yield Blocker(text, "person", one.attempt_id)
    for found in unseen_irregularities(session, was_coordinator):
        event = found.event
        text = f"{event.code}, severity {event.severity}: no coordinator has seen it"
        place, about = "irregularities", event.irregularity_id
        yield Blocker(text, place, about, Who.COORDINATOR)
    for reason in halts_unreported(session):
        yield Blocker(f"halted for '{reason}': no report of it", "report")
    counted = session.scratch
    if counted is not None and counted.returned < counted.issued:
        missing = plural(counted.issued - counted.returned, "sheet")
        which = f": {named}" if (named := missing_sheets(session)) else ""
        said = f": {counted.note}" if counted.note.text else ""
        yield Blocker(f"scratch paper: {missing} missing{which}{said}", "close-out")


def halts_unreported(session: Session) -> tuple[str, ...]:
    """Return the reasons of halts about which no entry tells.

    An entry tells of a halt if it is about more than one person, not about calls, time
    or paper, and happened between a quarter of an hour before the halt and the next one.
    """
    halts = [(at, why) for at, what, why in session.reasons if what == "halted"]
    ends = [at.utc_ms for at, _ in halts[1:]]
    told = [
        one.event.happened_at_utc_ms
        for one in session.in_force
        if one.event.scope != "attempt" and not one.event.code.startswith(OF_NO_HALT)
    ]
    return tuple(
        why.text
        for (at, why), until_ms in zip_longest(halts, ends)
        if not any(
            at.utc_ms - REPORTED_MS <= ms and (until_ms is None or ms < until_ms)
            for ms in told
        )
    )


def find_signer(
    session: Session, policies: Policies, was_coordinator: WasCoordinator
) -> Who:
    """Return who signs the close-out."""
    if unseen_irregularities(session, was_coordinator):
        return Who.COORDINATOR
    return Who.LEAD if policies.lead_seals else Who.ANYBODY


def may_take_step(actor: Actor, who: Who, lead: str) -> bool:
    """Return whether somebody is one of those who can take a step."""
    if who is Who.ANYBODY or actor.role is Role.COORDINATOR:
        return True
    return who is Who.LEAD and actor.staff_id == lead


def scratch_issued(session: Session) -> int:
    """Return how many sheets of scratch paper were given to all candidates together."""
    return sum(len(one.sheets) for one in session.attempts.values())


def missing_sheets(session: Session) -> str:
    """Return the sheets known to be missing, each with who had it; or nothing."""
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
    """Return the number of the sheet to give out next: above all that are out."""
    given = (max(one.sheets, default=0) for one in session.attempts.values())
    return max(given, default=0) + 1


def scratch_open(session: Session) -> bool:
    """Return whether scratch paper is to be counted, or was before more was issued."""
    counted = session.scratch
    return counted is None or counted.issued < scratch_issued(session)


def _seal_blockers(session: Session) -> Iterator[Blocker]:
    for one in session.attempts.values():
        if one.standing not in OUTCOMES:
            yield Blocker(
                f"{session.label(one)} has no outcome", "testing", one.attempt_id
            )
        elif text := score_lacks(one):
            decides = one.has_discrepancy or one.was_verified
            who = Who.COORDINATOR if decides else Who.ANYBODY
            text = f"{session.label(one)}: {text}"
            yield Blocker(text, "scores", one.attempt_id, who)
    for found in session.in_force:
        if found.event.missing:
            what = missing_words(found.event)
            yield Blocker(
                f"irregularity {found.event.code} lacks: {what}",
                "irregularities",
                found.event.irregularity_id,
            )
    if session.unconfirmed_bridge is not None:
        yield Blocker("the room clock has not been compared since a restart", "testing")
    if scratch_open(session):
        sheets = plural(scratch_issued(session), "sheet")
        how = "back" if session.scratch is None else "again"
        yield Blocker(f"scratch paper to count {how}: {sheets} issued", "close-out")


def missing_words(event: IrregularityRecorded) -> str:
    """Return what an entry lacks, in words."""
    return ", ".join(map(field_label, event.missing))


def score_lacks(attempt: Attempt) -> str:
    """Return what an attempt's score still needs, or an empty string."""
    score = attempt.score
    never_began = attempt.standing in OUTCOMES and not attempt.owes_score
    if never_began or score.state in EXPLAINED:
        return ""
    if score.state is ScoreState.VERIFIED:
        says = f"vendor says {score.vendor_verdict} - settle it"
        return says if attempt.has_discrepancy else ""
    if score.state is ScoreState.ENTERED:
        return "key the score again"
    if score.state is ScoreState.CORRECTED:
        return "key the corrected score again"
    if score.state is ScoreState.MISMATCH:
        return "the entries differ; key both again"
    if attempt.standing in ENDED_EARLY:
        return "score, or why there is none"
    return "score to be keyed"
