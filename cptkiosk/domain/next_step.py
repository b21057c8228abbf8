"""What to do next, computed from the record: screens, command line and drill ask here."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from math import inf

from cptkiosk.domain import blockers, timing
from cptkiosk.domain.attempt import WAITING, Attempt, AttemptProgress, Gate
from cptkiosk.domain.blockers import Who
from cptkiosk.domain.eligibility_findings import Finding, Override
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.values import MINUTE_MS, Actor, Role, plural

STAGES = ("Roster", "Check-in", "Start", "Testing", "Scores", "Close-out", "Upload")
"""The walk of every session, in order."""

ANNOUNCE_SOON_MS = 2 * MINUTE_MS
GIVES_WAY_TO_CREDIT = frozenset({"none", "wait", "announce", "irregularities"})
"""Actions that come after a credit that somebody's running clock is owed."""
MISSED_CALL = "TIM-MISSWARN"
"""The irregularity code of an announcement that was not made."""


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


@dataclass(frozen=True, slots=True)
class Owed:
    """Time that was approved for somebody after their clock had begun."""

    attempt_id: str
    person: str
    approved_permille: int
    """Thousandths of the standard time, 0 is untimed."""

    more_ms: int
    """What a credit would have to give."""

    @property
    def text(self) -> str:
        """What was approved, and that the clock does not have it."""
        time = f"time x{self.approved_permille / 1000:g}"
        if self.approved_permille == timing.UNTIMED:
            return f"{self.person}: untimed is approved, the clock has not changed"
        more = timing.span_text(self.more_ms)
        return f"{self.person}: {time} approved, the clock has not changed; +{more}"


@dataclass(frozen=True, slots=True)
class DueAnnouncement:
    """Minutes left to be read aloud to people who end together."""

    minutes: int
    attempt_ids: tuple[str, ...]
    due_line_ms: int


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


def minutes_to_read(session: Session, call: DueAnnouncement, timeline_ms: int) -> int:
    """Return the minutes that whoever hears a call has left by now, rounded, at least 1.

    Read aloud somewhat early or late, the call names these, not the minutes planned.
    """
    people = (session.attempts[one] for one in call.attempt_ids)
    left_ms = min(session.left_ms(one, timeline_ms) for one in people)
    return max(1, (left_ms + MINUTE_MS // 2) // MINUTE_MS)


def next_call(
    session: Session, timeline_ms: int, policies: Policies
) -> DueAnnouncement | None:
    """Return the next announcement that has not been made; one may be overdue."""
    calls: dict[tuple[int, int], list[str]] = {}
    for one in session.timed_attempts:
        left_ms = session.left_ms(one, timeline_ms)
        minutes = _minutes_to_call(one, left_ms, policies)
        if left_ms <= 0 or session.is_stopped(one) or minutes is None:
            continue
        end_ms = max(timeline_ms, one.start_line_ms or 0) + left_ms
        due_s = (end_ms - minutes * MINUTE_MS) // 1000
        calls.setdefault((due_s, minutes), []).append(one.attempt_id)
    if not calls:
        return None
    (due_s, minutes), told = min(calls.items(), key=lambda item: item[0])
    return DueAnnouncement(minutes, tuple(told), due_s * 1000)


def _minutes_to_call(attempt: Attempt, left_ms: int, policies: Policies) -> int | None:
    """Return which call somebody should hear next: a missed one gives way to a later."""
    # Later than this it would say something that is no longer true.
    missed_ms = policies.announce_missed_seconds * 1000
    due, to_come = list[int](), list[int]()
    for minutes in policies.announce_minutes:
        late_ms = minutes * MINUTE_MS - left_ms
        if late_ms <= missed_ms and minutes < min(attempt.announced, default=inf):
            (due if late_ms >= 0 else to_come).append(minutes)
    return min(due) if due else max(to_come, default=None)


def missed_call(
    session: Session, timeline_ms: int, policies: Policies
) -> DueAnnouncement | None:
    """Return the first announcement that nobody made, if there is one."""
    return next(iter(missed_calls(session, timeline_ms, policies)), None)


def missed_calls(
    session: Session, timeline_ms: int, policies: Policies
) -> tuple[DueAnnouncement, ...]:
    """Return the announcements nobody made in time and nobody has explained yet.

    That their time is up since, or that they have finished, explains nothing.
    """
    explained = {
        (attempt_id, text.text)
        for one in session.in_force
        if one.event.code == MISSED_CALL
        for name, text in one.event.details
        if name == "minutes"
        for attempt_id in one.event.attempt_ids
    }
    missed: dict[int, list[str]] = {}
    due_ms: dict[int, int] = {}
    for one in session.attempts.values():
        joined_late = one.late and policies.late_clock == "group"
        if one.start_line_ms is None or one.is_untimed or joined_late:
            continue
        left_ms = session.left_ms(one, timeline_ms)
        for minutes in policies.announce_minutes:
            late_ms = minutes * MINUTE_MS - left_ms
            if (
                late_ms > policies.announce_missed_seconds * 1000
                and minutes not in one.announced
                and one.allowed_ms > minutes * MINUTE_MS
                and (one.attempt_id, f"{minutes}") not in explained
            ):
                missed.setdefault(minutes, []).append(one.attempt_id)
                was_due_ms = timing.run_out_ms(
                    (*one.stops, *session.halts),
                    one.start_line_ms,
                    one.allowed_ms - minutes * MINUTE_MS,
                )
                due_ms[minutes] = min(due_ms.get(minutes, was_due_ms), was_due_ms)
    return tuple(
        DueAnnouncement(minutes, tuple(missed[minutes]), due_ms[minutes])
        for minutes in sorted(missed, reverse=True)
    )


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


def _testing_step(session: Session, timeline_ms: int, policies: Policies) -> Step:
    if session.unconfirmed_bridge is not None:
        away = timing.span_text(session.unconfirmed_bridge.away_ms)
        return Step(f"the terminal was away {away}: compare the room clock", "confirm")
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
    if draft := _draft_step(session):
        return draft
    if call is not None:
        return _call_step(call, timeline_ms)
    if paused := _paused_step(session):
        return paused
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
