"""The next thing to do, computed from the record, for screens, command line and drill."""

from collections.abc import Callable, Sequence
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
from cptkiosk.domain.state.session import Session, Stage, list_contradicted
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import MINUTE_MS, Actor, Role, plural

STAGES = ("Roster", "Check-in", "Start", "Testing", "Scores", "Close-out", "Upload")
"""The stages that a screen shows for every session, in order."""

GIVES_WAY_TO_CREDIT = frozenset({"none", "wait", "announce", "irregularities"})
"""Actions that come after a credit that a running clock is owed."""


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing to do; a screen knows the key for it."""

    text: str
    action: str
    """A screen to go to, or an action on this one. With 'wait' there is nothing to do
    yet; with 'blocked', not until something else has happened."""

    _: KW_ONLY
    attempt_id: str = ""
    who: Who = Who.ANYBODY
    """Who can take it; another person who is signed in can ask for their PIN here."""

    by: str = ""
    """The ID of the action that does it, such as finish, if it is not the usual one; a
    screen with that action knows its key."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the Next line, and the names of others who can be asked to act."""

    actor: Actor
    lead: str = ""
    coordinators: tuple[str, ...] = ()
    was_coordinator: blockers.WasCoordinator = blockers.no_coordinator

    def must_ask(self, who: Who, lead_id: str) -> str:
        """Return the name of whom to ask, or an empty string if the reader may act."""
        if blockers.may_take_step(self.actor, who, lead_id):
            return ""
        if who is Who.LEAD and self.lead:
            return self.lead
        return " or ".join(self.coordinators[:2]) or "a coordinator"


NO_READER = Reader(Actor("", Role.COORDINATOR))
"""A reader who may do everything, so that no one else is named."""


def stage_index(session: Session) -> int:
    """Return the index in `STAGES` of a session, or -1 if it was canceled."""
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
"""Returns what the eligibility rules find against a candidate at the door, or `None`."""


def nothing_bars(attempt: Attempt) -> Finding | None:
    """Return `None`: no rule finds anything."""
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
    vendor: Step | None = None,
) -> Step:
    """Return the next thing to do for a session; there is always one.

    Args:
        session: as it is recorded.
        timeline_ms: now, on the session's timeline.
        policies: what the center has decided.
        lead_linked: the candidate with whom the lead has a conflict of interest, if any.
        owed: approved time that a running clock does not include, if any.
        reader: who is signed in, and the names of others to ask.
        lead_gone: the lead's name, if they were deactivated.
        bars: asks the eligibility rules about a candidate at the door.
        vendor: what the vendor's results ask for after the seal, if anything.
    """
    handed = session.lead and session.stage not in {Stage.SEALED, Stage.CANCELLED}
    if lead_gone and handed:
        text = f"hand over the session: {lead_gone} was deactivated"
        return Step(text, "hand-over", who=Who.COORDINATOR)
    if lead_linked and handed and not _call_is_near(session, timeline_ms, policies):
        text = f"hand over the session: the lead has a conflict with {lead_linked}"
        return Step(text, "hand-over", who=Who.LEAD)
    step = _stage_step(session, timeline_ms, policies, reader, vendor)
    step = _unless_barred(session, step, bars) or step
    if owed is None or step.action not in GIVES_WAY_TO_CREDIT:
        return step
    if step.by == "undo_start" or _call_is_near(session, timeline_ms, policies):
        return step
    return Step(f"give a credit: {owed.text}", "credit", attempt_id=owed.attempt_id)


def _unless_barred(session: Session, step: Step, bars: Bars) -> Step | None:
    """Return the step for the first person that a rule keeps out, or `None`."""
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
    """Return what to do about a candidate whom an eligibility rule keeps out."""
    what = f"{session.label(attempt)}: {found.brief or found.text.rstrip('.')}"
    at_the_rule = attempt.standing is not AttemptProgress.SEATED
    if found.override is Override.COORDINATOR and at_the_rule:
        text = f"waive (coordinator) or deny {what}"
        return Step(text, "waive", attempt_id=attempt.attempt_id, who=Who.COORDINATOR)
    return Step(f"deny {what}", "deny", attempt_id=attempt.attempt_id)


def _call_is_near(session: Session, timeline_ms: int, policies: Policies) -> bool:
    call = next_call(session, timeline_ms, policies) if session.running else None
    return call is not None and call.due_line_ms - timeline_ms <= ANNOUNCE_SOON_MS


def _stage_step(
    session: Session,
    timeline_ms: int,
    policies: Policies,
    reader: Reader,
    vendor: Step | None,
) -> Step:
    match session.stage:
        case Stage.PLANNED:
            if not session.attempts:
                return Step(
                    "add everyone registered: the attendance list is empty", "plan"
                )
            return Step(f"open check-in for {session.title}", "open")
        case Stage.CHECK_IN:
            return _check_in(session)
        case Stage.RUNNING | Stage.HALTED:
            return _testing_step(session, timeline_ms, policies)
        case Stage.ENDED | Stage.ABANDONED:
            return settle_step(session, policies, reader)
        case Stage.SEALED:
            return _sealed_step(session, reader, vendor)
        case Stage.CANCELLED:
            return Step("this session was canceled - go back", "today")


def _sealed_step(session: Session, reader: Reader, vendor: Step | None) -> Step:
    """Return what is left after the seal: the bundle, and the vendor's results."""
    if session.changed_since_seal:
        named = reader.must_ask(Who.COORDINATOR, session.lead)
        amend = f"ask {named} to amend" if named else "amend the session"
        what = "entries were recorded after the seal"
        if list_contradicted(session):
            what = "an official score differs"
        return Step(f"{amend}: {what}", "amend", who=Who.COORDINATOR)
    sent = [one.revision for one in session.bundles if one.has_left]
    if session.revision not in sent:
        text = f"write the bundle (the file to send in) of revision {session.revision}"
        return Step(text, "bundle")
    return vendor or Step("sealed, and the bundle is written - go back", "today")


def _check_in(session: Session) -> Step:
    lacking = blockers.to_start(session)
    if not lacking:
        seated = sum(
            one.standing is AttemptProgress.SEATED for one in session.attempts.values()
        )
        return Step(
            f"start {plural(seated, 'clock')}: everyone is accounted for",
            "start",
        )
    first = session.attempts.get(lacking[0].attempt_id)
    if first is None:
        return Step(f"undo an absence or cancel: {lacking[0].text}", "none", by="undo")
    text = f"{session.label(first)}: {gate_text(first)}"
    if len(lacking) > 1:
        text = f"{len(lacking)} people, first {text}"
    return Step(f"check in {text}", "gate", attempt_id=first.attempt_id)


def gate_text(attempt: Attempt) -> str:
    """Return the name of the next check-in item of a waiting candidate."""
    if not attempt.open_gates:
        return "no items left"
    gate = attempt.open_gates[0]
    text = display_term(gate)
    return f"{text} failed, recheck" if attempt.failed_at(gate) else text


def comparison_step(session: Session) -> Step | None:
    """Return the step to compare the room clock, if a restart requires it."""
    if session.unconfirmed_bridge is None:
        return None
    away = timing.span_text(session.unconfirmed_bridge.away_ms)
    return Step(f"compare the room clock: the terminal was off for {away}", "confirm")


def _testing_step(session: Session, timeline_ms: int, policies: Policies) -> Step:
    if comparison := comparison_step(session):
        return comparison
    if session.stage is Stage.HALTED:
        return Step("take roll call, then resume: all clocks are stopped", "resume")
    if session.start_line_ms is not None and timeline_ms < session.start_line_ms:
        seconds = -(-(session.start_line_ms - timeline_ms) // 1000)
        text = f"starting in {seconds} - you can still undo the start"
        return Step(text, "wait", by="undo_start")
    return _watching_step(session, timeline_ms, policies)


def _watching_step(session: Session, timeline_ms: int, policies: Policies) -> Step:
    """Return what to do while the clocks run."""
    people = session.attempts.values()
    for one in people:
        if session.progress(one, timeline_ms) is AttemptProgress.TIME_UP:
            return Step(
                f"check the screen of {session.label(one)}: time is up",
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
        return Step("end the session: no one is testing", "end")
    if step := _draft_step(session) or _paused_step(session):
        return step
    if due := find_due(session, timeline_ms):
        return Step(due[0], "none", by=due[1])
    if call is not None:
        return _call_step(call, timeline_ms)
    return Step(
        "watch the room; mark submitted screens as finished", "none", by="finish"
    )


def _paused_step(session: Session) -> Step | None:
    """Return the step to resume a clock, if everyone still testing is paused."""
    live = session.live_attempts
    if not live or not all(one.is_paused for one in live):
        return None
    text = f"resume the clock of {session.label(live[0])}: still paused"
    return Step(text, "none", attempt_id=live[0].attempt_id, by="pause")


def _draft_step(session: Session) -> Step | None:
    """Return the step to explain an irregularity that the kiosk drafted, if there is one."""
    for one in session.in_force:
        if one.event.drafted and one.event.missing:
            observed = one.event.observed.text.rstrip(".")
            people = _name_people(session, one.event.attempt_ids)
            text = f"say why: {people}{observed[:1].lower()}{observed[1:]}"
            return Step(text, "irregularities", attempt_id=one.event.irregularity_id)
    return None


def _name_people(session: Session, attempt_ids: tuple[str, ...]) -> str:
    """Return the people that an irregularity is about and a colon, or an empty string."""
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
    text = f"say why {missed.minutes} minutes left was not announced to {told}"
    return Step(text, "missed")


def _late_words(
    session: Session, attempt: Attempt, timeline_ms: int, policies: Policies
) -> str:
    name = session.label(attempt)
    if attempt.standing is AttemptProgress.SEATED:
        return f"start the clock of {name}: seated late"
    if attempt.late:
        return f"check in {name}: arrived late"
    late_ms = session.since_start_ms(timeline_ms)
    if late_ms > policies.late_coordinator_minutes * MINUTE_MS:
        return f"mark {name} absent in check-in: did not arrive"
    return f"check in {name} or mark absent: running late"


def _call_step(call: DueAnnouncement, timeline_ms: int) -> Step:
    in_ms = call.due_line_ms - timeline_ms
    told = plural(len(call.attempt_ids), "person", "people")
    when = f"in {timing.span_text(in_ms)}" if in_ms > 0 else "now"
    text = f"announce {call.minutes} minutes left to {told} - {when}"
    if in_ms > ANNOUNCE_SOON_MS:
        return Step(text, "wait")
    return Step(text, "announce")


def settle_step(
    session: Session,
    policies: Policies,
    reader: Reader = NO_READER,
    about: str = "",
) -> Step:
    """Return the next step before the seal, one about the attempt `about` if possible."""
    lacking = blockers.to_seal(session)
    if not lacking:
        return _seal_step(session, policies, reader)
    here = [one for one in lacking if about and one.attempt_id == about]
    first = (here or lacking)[0]
    text = f"{first.text}{count_left(first, lacking)}"
    return Step(text, first.place, attempt_id=first.attempt_id, who=first.who)


def count_left(first: blockers.Blocker, lacking: Sequence[blockers.Blocker]) -> str:
    """Return how much is left before the seal, to stand behind one of it."""
    if first.place == "scores":
        # The list of sessions counts scores the same way.
        due = sum(one.place == "scores" for one in lacking)
        return f" ({due} due)" if due > 1 else ""
    return f" ({len(lacking)} left)" if len(lacking) > 1 else ""


def _seal_step(session: Session, policies: Policies, reader: Reader) -> Step:
    """Return the step for signing, once nothing keeps the session from being sealed."""
    left = len(blockers.to_look_at(session, reader.was_coordinator))
    who = blockers.find_signer(session, policies, reader.was_coordinator)
    named = reader.must_ask(who, session.lead)
    if named:
        text = f"ask {named} to sign, or take over the session"
        if who is Who.COORDINATOR:
            text = f"ask {named} to review the irregularities and sign"
    elif left:
        text = f"sign and seal, with {plural(left, 'item')} still open"
    else:
        text = "sign and seal: everything is settled"
    return Step(text, "seal", who=who)
