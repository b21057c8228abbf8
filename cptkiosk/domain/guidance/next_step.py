"""What to do next, computed from the record: screens, command line and drill ask here."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

from cptkiosk.domain.modules import Policies
from cptkiosk.domain.people.eligibility_findings import Finding, Override
from cptkiosk.domain.rules.announcing import (
    ANNOUNCE_SOON_MS,
    DueAnnouncement,
    missed_call,
    next_call,
)
from cptkiosk.domain.rules.duties import find_due
from cptkiosk.domain.rules.time_credits import Owed
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import WAITING, Attempt, AttemptProgress, Gate
from cptkiosk.domain.state.blockers import Who
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import MINUTE_MS, Actor, Role, plural

STAGES = ("Roster", "Check-in", "Start", "Testing", "Scores", "Close-out", "Upload")
"""The walk of every session, in order."""

GIVES_WAY_TO_CREDIT = frozenset({"none", "wait", "announce", "irregularities"})
"""Actions that come after a credit that somebody's running clock is owed."""


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing to do; a screen knows the key for it."""

    text: str
    action: str
    """A screen to go to, or a thing to do on this one; for 'wait' nothing yet, and for
    'blocked' nothing before something else has happened."""

    _: KW_ONLY
    attempt_id: str = ""
    who: Who = Who.ANYBODY
    """Who can take it: with their PIN here, if somebody else is signed in."""

    by: str = ""
    """The action that does it, where that is not the usual one, such as finish; a
    screen that has it knows its key."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the Next line, and the names of who else may be asked to act."""

    actor: Actor
    lead: str = ""
    coordinators: tuple[str, ...] = ()
    was_coordinator: blockers.WasCoordinator = blockers.no_coordinator

    def must_ask(self, who: Who, lead_id: str) -> str:
        """Return by name who acts instead of the reader; nothing if the reader may."""
        if blockers.may_take_step(self.actor, who, lead_id):
            return ""
        if who is Who.LEAD and self.lead:
            return self.lead
        return " or ".join(self.coordinators[:2]) or "a coordinator"


NO_READER = Reader(Actor("", Role.COORDINATOR))
"""Asks for nobody by name."""


def stage_index(session: Session) -> int:
    """Return which of STAGES a session is in; -1, before all, if it was called off."""
    match session.stage:
        case Stage.PLANNED:
            return 0
        case Stage.CHECK_IN:
            return 1 if blockers.to_start(session) else 2
        case Stage.RUNNING | Stage.HALTED:
            return 3
        case Stage.ENDED | Stage.ABANDONED:
            scores_open = any(map(blockers.score_lacks, session.attempts.values()))
            return 4 if scores_open else 5
        case Stage.SEALED:
            return 6
        case Stage.CANCELLED:
            return -1


Bars = Callable[[Attempt], Finding | None]
"""What the eligibility rules have against somebody at the door, if anything."""


def nothing_bars(attempt: Attempt) -> Finding | None:
    """Return that no rule is against somebody."""
    return None


def next_step(
    session: Session,
    timeline_ms: int,
    policies: Policies,
    lead_linked: str = "",
    owed: Owed | None = None,
    reader: Reader = NO_READER,
    lead_gone: str = "",
    bars: Bars = nothing_bars,
) -> Step:
    """Return the next thing to do for a session; there is always one.

    Args:
        session: as it is recorded.
        timeline_ms: now, on the session's timeline.
        policies: what the center has decided.
        lead_linked: with whom on the roll its lead is linked, if with anybody.
        owed: whose approved time their running clock does not have.
        reader: who is signed in, and whom else to name.
        lead_gone: the lead's name, if they were deactivated.
        bars: what the eligibility rules have against somebody at the door.
    """
    handed = session.lead and session.stage not in {Stage.SEALED, Stage.CANCELLED}
    if lead_gone and handed:
        text = f"{lead_gone} is deactivated - hand over the session"
        return Step(text, "hand-over", who=Who.COORDINATOR)
    if lead_linked and handed and not _call_is_near(session, timeline_ms, policies):
        text = f"the lead is linked with {lead_linked} - hand over the session"
        return Step(text, "hand-over", who=Who.LEAD)
    step = _stage_step(session, timeline_ms, policies, reader)
    step = _unless_barred(session, step, bars) or step
    if owed is None or step.action not in GIVES_WAY_TO_CREDIT:
        return step
    if step.by == "undo_start" or _call_is_near(session, timeline_ms, policies):
        return step
    return Step(f"{owed.text} - give a credit", "credit", attempt_id=owed.attempt_id)


def _unless_barred(session: Session, step: Step, bars: Bars) -> Step | None:
    """Return what is done first about somebody whom a rule keeps out, if it does."""
    people: list[Attempt] = []
    if step.action == "start":
        people = [
            one
            for one in session.attempts.values()
            if one.standing is AttemptProgress.SEATED
        ]
    elif step.action in {"gate", "late"}:
        one = session.attempts[step.attempt_id]
        arrived = one.late or not session.running
        at_the_rule = one.open_gates[:1] == (Gate.ELIGIBLE,) and arrived
        people = [one] if at_the_rule or one.standing is AttemptProgress.SEATED else []
    barred = ((one, found) for one in people if (found := bars(one)))
    return next((barred_step(session, *one) for one in barred), None)


def barred_step(session: Session, attempt: Attempt, found: Finding) -> Step:
    """Return what is done about somebody whom an eligibility rule keeps out."""
    what = f"{session.label(attempt)}: {found.brief or found.text.rstrip('.')}"
    at_the_rule = attempt.standing is not AttemptProgress.SEATED
    if found.override is Override.COORDINATOR and at_the_rule:
        text = f"{what} - a coordinator waives it, or deny them"
        return Step(text, "waive", attempt_id=attempt.attempt_id, who=Who.COORDINATOR)
    return Step(f"{what} - deny them", "deny", attempt_id=attempt.attempt_id)


def _call_is_near(session: Session, timeline_ms: int, policies: Policies) -> bool:
    call = next_call(session, timeline_ms, policies) if session.running else None
    return call is not None and call.due_line_ms - timeline_ms <= ANNOUNCE_SOON_MS


def _stage_step(
    session: Session, timeline_ms: int, policies: Policies, reader: Reader
) -> Step:
    match session.stage:
        case Stage.PLANNED:
            if not session.attempts:
                return Step("nobody is on the roll - add everyone registered", "plan")
            return Step(f"open check-in for {session.title}", "open")
        case Stage.CHECK_IN:
            return _check_in(session)
        case Stage.RUNNING | Stage.HALTED:
            return _testing_step(session, timeline_ms, policies)
        case Stage.ENDED | Stage.ABANDONED:
            return settle_step(session, policies, reader)
        case Stage.SEALED:
            if session.changed_since_seal:
                named = reader.must_ask(Who.COORDINATOR, session.lead)
                amends = f"{named} amends it" if named else "amend it"
                text = f"recorded after the seal - {amends}"
                return Step(text, "amend", who=Who.COORDINATOR)
            if any(one.revision == session.revision for one in session.bundles):
                return Step("sealed, and its bundle is written - go back", "today")
            return Step(f"write the bundle of revision {session.revision}", "bundle")
        case Stage.CANCELLED:
            return Step("this session was cancelled - go back", "today")


def _check_in(session: Session) -> Step:
    lacking = blockers.to_start(session)
    if not lacking:
        seated = sum(
            one.standing is AttemptProgress.SEATED for one in session.attempts.values()
        )
        return Step(
            f"everyone is resolved - start {plural(seated, 'person', 'people')}",
            "start",
        )
    first = session.attempts.get(lacking[0].attempt_id)
    if first is None:
        return Step(
            f"{lacking[0].text} - undo an absence, or cancel", "none", by="undo"
        )
    return Step(
        f"{plural(len(lacking), 'person', 'people')} to resolve, first {session.label(first)}"
        f" - {gate_text(first)}",
        "gate",
        attempt_id=first.attempt_id,
    )


def gate_text(attempt: Attempt) -> str:
    """Return what a waiting candidate's next gate asks for."""
    if not attempt.open_gates:
        return "nothing"
    gate = attempt.open_gates[0]
    words = {
        Gate.PHOTO_ID: "photo ID",
        Gate.NAME: "name on the ID",
        Gate.USER_CODE: "user code",
        Gate.SCRATCH: "scratch paper",
    }
    text = words.get(gate, gate.value)
    return f"{text} NOT PASSED" if attempt.failed_at(gate) else text


def comparison_step(session: Session) -> Step | None:
    """Return that the room clock is to be compared, if nobody has since a restart."""
    if session.unconfirmed_bridge is None:
        return None
    away = timing.span_text(session.unconfirmed_bridge.away_ms)
    return Step(f"the terminal was away {away}: compare the room clock", "confirm")


def _testing_step(session: Session, timeline_ms: int, policies: Policies) -> Step:
    if comparison := comparison_step(session):
        return comparison
    if session.stage is Stage.HALTED:
        return Step("everything is halted - roll call, then resume", "resume")
    if session.start_line_ms is not None and timeline_ms < session.start_line_ms:
        seconds = -(-(session.start_line_ms - timeline_ms) // 1000)
        text = f"starting in {seconds} - the start can be taken back"
        return Step(text, "wait", by="undo_start")
    return _watching_step(session, timeline_ms, policies)


def _watching_step(session: Session, timeline_ms: int, policies: Policies) -> Step:
    """Return what to do while the clocks run."""
    people = session.attempts.values()
    for one in people:
        if session.progress(one, timeline_ms) is AttemptProgress.TIME_UP:
            return Step(
                f"time is up for {session.label(one)}: what does the screen show?",
                "finish",
                attempt_id=one.attempt_id,
            )
    call = next_call(session, timeline_ms, policies)
    if call is not None and call.due_line_ms - timeline_ms <= ANNOUNCE_SOON_MS:
        return _call_step(call, timeline_ms)
    missed = _missed_step(session, timeline_ms, policies)
    if missed is not None:
        return missed
    late = [one for one in people if one.standing in WAITING | {AttemptProgress.SEATED}]
    if late:
        one = late[0]
        what = _late_words(session, one, timeline_ms, policies)
        return Step(what, "late", attempt_id=one.attempt_id)
    if blockers.all_over(session):
        return Step("nobody is testing any more - end the session", "end")
    if step := _draft_step(session) or _paused_step(session):
        return step
    if due := find_due(session, timeline_ms):
        return Step(due[0], "none", by=due[1])
    if call is not None:
        return _call_step(call, timeline_ms)
    return Step(
        "watch the room; finish those whose screen shows submitted", "none", by="finish"
    )


def _paused_step(session: Session) -> Step | None:
    """Return that a clock is to run on, if everybody left is paused."""
    live = session.live_attempts
    if not live or not all(one.is_paused for one in live):
        return None
    text = f"{session.label(live[0])} is paused - let the clock run on"
    return Step(text, "none", attempt_id=live[0].attempt_id, by="pause")


def _draft_step(session: Session) -> Step | None:
    """Return that a report which the kiosk drafted is to be explained, if one is."""
    for one in session.in_force:
        if one.event.drafted and one.event.missing:
            observed = one.event.observed.text.rstrip(".")
            text = f"{_name_people(session, one.event.attempt_ids)}{observed} - say why"
            return Step(text, "irregularities", attempt_id=one.event.irregularity_id)
    return None


def _name_people(session: Session, attempt_ids: tuple[str, ...]) -> str:
    """Return who a report is about, before what it says; nothing if it names nobody."""
    if not attempt_ids:
        return ""
    first = session.label(session.attempts[attempt_ids[0]])
    more = len(attempt_ids) - 1
    return f"{first} and {more} more: " if more else f"{first}: "


def _missed_step(session: Session, timeline_ms: int, policies: Policies) -> Step | None:
    missed = missed_call(session, timeline_ms, policies)
    if missed is None:
        return None
    told = plural(len(missed.attempt_ids), "person", "people")
    text = f"{missed.minutes} minutes were not announced to {told} - say why"
    return Step(text, "missed")


def _late_words(
    session: Session, attempt: Attempt, timeline_ms: int, policies: Policies
) -> str:
    name = session.label(attempt)
    if attempt.standing is AttemptProgress.SEATED:
        return f"{name} is seated late - start their own clock"
    if attempt.late:
        return f"{name} arrived late - check in"
    late_ms = session.since_start_ms(timeline_ms)
    if late_ms > policies.late_coordinator_minutes * MINUTE_MS:
        return f"{name} never came - mark absent in check-in"
    return f"{name} is expected late - check in, or mark absent there"


def _call_step(call: DueAnnouncement, timeline_ms: int) -> Step:
    in_ms = call.due_line_ms - timeline_ms
    told = plural(len(call.attempt_ids), "person", "people")
    when = f"in {timing.span_text(in_ms)}" if in_ms > 0 else "now"
    text = f"announce {call.minutes} minutes to {told} - {when}"
    if in_ms > ANNOUNCE_SOON_MS:
        return Step(text, "wait")
    return Step(text, "announce")


def settle_step(
    session: Session,
    policies: Policies,
    reader: Reader = NO_READER,
    about: str = "",
) -> Step:
    """Return what comes next before the seal: about this attempt, if anything is."""
    lacking = blockers.to_seal(session)
    if not lacking:
        return _seal_step(session, policies, reader)
    here = [one for one in lacking if about and one.attempt_id == about]
    first = (here or lacking)[0]
    due = sum(one.place == "scores" for one in lacking)
    left = len(lacking)
    more = f" ({left} left)" if left > 1 else ""
    if first.place == "scores":
        # As the list of sessions counts them.
        more = f" ({due} due)" if due > 1 else ""
    return Step(
        f"{first.text}{more}", first.place, attempt_id=first.attempt_id, who=first.who
    )


def _seal_step(session: Session, policies: Policies, reader: Reader) -> Step:
    """Return who signs, once nothing keeps the session from being sealed."""
    left = len(blockers.to_look_at(session, reader.was_coordinator))
    who = blockers.find_signer(session, policies, reader.was_coordinator)
    named = reader.must_ask(who, session.lead)
    if named:
        look = f"{left} to look at; " if left else ""
        text = f"{look}{named} must sign, or take over the session"
        if who is Who.COORDINATOR:
            text = f"{look}{named} sees the reports and signs"
    elif left:
        text = f"look at {plural(left, 'open matter')}, then sign and seal"
    else:
        text = "everything is settled - sign and seal"
    return Step(text, "seal", who=who)
