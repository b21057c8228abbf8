"""The next thing to do, computed from the record, for screens, command line and drill."""

from collections.abc import Callable, Sequence

from cptkiosk.domain.events.irregularity import IrregularityRecorded
from cptkiosk.domain.guidance.step import NO_READER, Reader, Step
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.people.eligibility_findings import Finding, Override
from cptkiosk.domain.rules.announcing import (
    ANNOUNCE_SOON_MS,
    DueAnnouncement,
    minutes_to_read,
    missed_call,
    next_call,
)
from cptkiosk.domain.rules.duties import find_due
from cptkiosk.domain.rules.time_credits import Owed
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import WAITING, Attempt, AttemptProgress, Gate
from cptkiosk.domain.state.blockers import Blocker, Who, lacking_fields
from cptkiosk.domain.state.session import Session, Stage, list_contradicted
from cptkiosk.domain.values import MINUTE_MS, Reason

STAGES = ("Roster", "Check-in", "Start", "Testing", "Scores", "Close-out", "Upload")
"""The stages that a screen shows for every session, in order."""

GIVES_WAY_TO_CREDIT = frozenset({"none", "wait", "announce", "irregularities"})
"""Actions that come after a credit that a running clock is owed."""


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
        what = Reason("hand-over-gone", lead=lead_gone)
        what = reader.address(what, Who.COORDINATOR, session.lead)
        return Step(what, "hand-over", who=Who.COORDINATOR)
    if lead_linked and handed and not _call_is_near(session, timeline_ms, policies):
        what = Reason("hand-over-linked", person=lead_linked)
        what = reader.address(what, Who.LEAD, session.lead)
        return Step(what, "hand-over", who=Who.LEAD)
    step = _stage_step(session, timeline_ms, policies, reader, vendor)
    step = _unless_barred(session, step, bars, reader) or step
    if owed is None or step.action not in GIVES_WAY_TO_CREDIT:
        return step
    if step.by == "undo_start" or _call_is_near(session, timeline_ms, policies):
        return step
    what = Reason("give-credit", owed=owed.reason)
    return Step(what, "credit", attempt_id=owed.attempt_id)


def _unless_barred(
    session: Session, step: Step, bars: Bars, reader: Reader
) -> Step | None:
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
    return next((barred_step(session, *one, reader) for one in barred), None)


def barred_step(
    session: Session, attempt: Attempt, found: Finding, reader: Reader = NO_READER
) -> Step:
    """Return what to do about a candidate whom an eligibility rule keeps out."""
    person, about = session.label(attempt), attempt.attempt_id
    at_the_rule = attempt.standing is not AttemptProgress.SEATED
    if found.override is not Override.COORDINATOR or not at_the_rule:
        what = Reason("deny", person=person, found=found.reason)
        return Step(what, "deny", attempt_id=about)
    others = reader.must_ask(Who.COORDINATOR, session.lead)
    what = Reason(
        "ask-waive" if others else "waive",
        others=others,
        person=person,
        found=found.reason,
    )
    return Step(what, "waive", attempt_id=about, who=Who.COORDINATOR)


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
                return Step(Reason("add-everyone"), "plan")
            return Step(Reason("open-check-in", title=session.title), "open")
        case Stage.CHECK_IN:
            return _check_in(session)
        case Stage.RUNNING | Stage.HALTED:
            return _testing_step(session, timeline_ms, policies)
        case Stage.ENDED | Stage.ABANDONED:
            return settle_step(session, policies, reader)
        case Stage.SEALED:
            return _sealed_step(session, reader, vendor)
        case Stage.CANCELLED:
            return Step(Reason("session-canceled"), "today")


def _sealed_step(session: Session, reader: Reader, vendor: Step | None) -> Step:
    """Return what is left after the seal: the bundle, and the vendor's results."""
    if session.changed_since_seal:
        differs = list_contradicted(session)
        what = Reason("amend-official" if differs else "amend-changed")
        what = reader.address(what, Who.COORDINATOR, session.lead)
        return Step(what, "amend", who=Who.COORDINATOR)
    sent = [one.revision for one in session.bundles if one.has_left]
    if session.revision not in sent:
        return Step(Reason("write-bundle", revision=session.revision), "bundle")
    return vendor or Step(Reason("bundle-written"), "today")


def _check_in(session: Session) -> Step:
    lacking = blockers.to_start(session)
    if not lacking:
        seated = sum(
            one.standing is AttemptProgress.SEATED for one in session.attempts.values()
        )
        return Step(Reason("start", seated=seated), "start")
    first = session.attempts.get(lacking[0].attempt_id)
    if first is None:
        return Step(
            Reason("undo-absence", blocker=lacking[0].reason), "none", by="undo"
        )
    what = Reason(
        "check-in-person" if len(lacking) == 1 else "check-in-people",
        count=len(lacking),
        person=session.label(first),
        item=next_item(first),
    )
    return Step(what, "gate", attempt_id=first.attempt_id)


def next_item(attempt: Attempt) -> Reason:
    """Return the next check-in item of a waiting candidate."""
    if not attempt.open_gates:
        return Reason("item-none")
    gate = attempt.open_gates[0]
    return Reason("item-failed" if attempt.failed_at(gate) else "item-open", gate=gate)


def comparison_step(session: Session) -> Step | None:
    """Return the step to compare the room clock, if a restart requires it."""
    if session.unconfirmed_bridge is None:
        return None
    away_ms = session.unconfirmed_bridge.away_ms
    return Step(Reason("compare-clock", away_ms=away_ms), "confirm")


def _testing_step(session: Session, timeline_ms: int, policies: Policies) -> Step:
    if comparison := comparison_step(session):
        return comparison
    if session.stage is Stage.HALTED:
        return Step(Reason("resume"), "resume")
    if session.start_line_ms is not None and timeline_ms < session.start_line_ms:
        seconds = -(-(session.start_line_ms - timeline_ms) // 1000)
        return Step(Reason("starting", seconds=seconds), "wait", by="undo_start")
    return _watching_step(session, timeline_ms, policies)


def _watching_step(session: Session, timeline_ms: int, policies: Policies) -> Step:
    """Return what to do while the clocks run."""
    people = session.attempts.values()
    for one in people:
        if session.progress(one, timeline_ms) is AttemptProgress.TIME_UP:
            what = Reason("time-is-up", person=session.label(one))
            return Step(what, "finish", attempt_id=one.attempt_id)
    call = next_call(session, timeline_ms, policies)
    if call is not None and call.due_line_ms - timeline_ms <= ANNOUNCE_SOON_MS:
        return _call_step(session, call, timeline_ms)
    missed = _missed_step(session, timeline_ms, policies)
    if step := missed or _late_step(session, timeline_ms, policies, waits=False):
        return step
    if blockers.all_over(session):
        return Step(Reason("end"), "end")
    if step := _paused_step(session) or _draft_step(session) or _halt_step(session):
        return step
    if due := find_due(session, timeline_ms):
        return Step(due[0], "none", by=due[1])
    if late := _late_step(session, timeline_ms, policies, waits=True):
        return late
    if call is not None:
        return _call_step(session, call, timeline_ms)
    return Step(Reason("watch"), "none", by="finish")


def _paused_step(session: Session) -> Step | None:
    """Return the step to resume the first clock that is paused, if one is."""
    paused = next((one for one in session.live_attempts if one.is_paused), None)
    if paused is None:
        return None
    what = Reason("resume-person", person=session.label(paused))
    return Step(what, "none", attempt_id=paused.attempt_id, by="pause")


def _draft_step(session: Session) -> Step | None:
    """Return the step to complete an irregularity, if one lacks something."""
    for one in session.in_force:
        if one.event.missing:
            drafted = one.event.drafted
            explain = _draft_words if drafted else lambda _, it: lacking_fields(it)
            what = explain(session, one.event)
            return Step(what, "irregularities", attempt_id=one.event.irregularity_id)
    return None


def _halt_step(session: Session) -> Step | None:
    """Return the step to record why the session was halted, if nothing says so."""
    unreported = blockers.halts_unreported(session)
    if not unreported:
        return None
    began, why = unreported[0]
    what = Reason("report-halt", why=why)
    return Step(what, "report", attempt_id=blockers.halt_name(began))


def _draft_words(session: Session, drafted: IrregularityRecorded) -> Reason:
    observed, people = drafted.observed.text.rstrip("."), drafted.attempt_ids
    observed = f"{observed[:1].lower()}{observed[1:]}"
    if not people:
        return Reason("explain-draft", observed=observed)
    return Reason(
        "explain-draft-of" if len(people) == 1 else "explain-draft-of-several",
        person=session.label(session.attempts[people[0]]),
        more=len(people) - 1,
        observed=observed,
    )


def _missed_step(session: Session, timeline_ms: int, policies: Policies) -> Step | None:
    missed = missed_call(session, timeline_ms, policies)
    if missed is None:
        return None
    people = len(missed.attempt_ids)
    what = Reason("announcement-missed", minutes=missed.minutes, people=people)
    return Step(what, "missed")


def _late_step(
    session: Session, timeline_ms: int, policies: Policies, *, waits: bool
) -> Step | None:
    """Return the step for the first late person, if one is.

    Args:
        session: the session.
        timeline_ms: now, on its line.
        policies: how long someone may come late.
        waits: whether it is for who is still to come. No one can do anything about
            them until then, so everything else comes first.
    """
    limit_ms = policies.late_coordinator_minutes * MINUTE_MS
    wait_ms = limit_ms - session.since_start_ms(timeline_ms)
    for one in session.attempts.values():
        is_seated = one.standing is AttemptProgress.SEATED
        to_come = one.standing is AttemptProgress.LATE_EXPECTED and not one.late
        if not is_seated and one.standing not in WAITING:
            continue
        if (to_come and wait_ms >= 0) is waits:
            what = _late_words(session, one, wait_ms)
            return Step(what, "late", attempt_id=one.attempt_id)
    return None


def _late_words(session: Session, attempt: Attempt, wait_ms: int) -> Reason:
    """Return what to do about a late person; `wait_ms` is how long they may still come."""
    person = session.label(attempt)
    if attempt.standing is AttemptProgress.SEATED:
        return Reason("start-late", person=person)
    if attempt.late:
        return Reason("check-in-late", person=person)
    if wait_ms < 0:
        return Reason("mark-absent", person=person)
    return Reason("running-late", person=person, minutes=wait_ms // MINUTE_MS + 1)


def _call_step(session: Session, call: DueAnnouncement, timeline_ms: int) -> Step:
    in_ms = call.due_line_ms - timeline_ms
    one, *more = call.attempt_ids
    what = Reason(
        "announce-soon" if in_ms > 0 else "announce-now",
        minutes=call.minutes
        if in_ms > 0
        else minutes_to_read(session, call, timeline_ms),
        people=Reason("people", count=len(call.attempt_ids))
        if more
        else session.label(session.attempts[one]),
        in_ms=in_ms,
    )
    return Step(what, "wait" if in_ms > ANNOUNCE_SOON_MS else "announce")


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
    what = count_left(first, lacking)
    if others := reader.must_ask(first.who, session.lead):
        what = Reason("ask-about", others=others, blocker=first.reason)
    return Step(what, first.place, attempt_id=first.attempt_id, who=first.who)


def count_left(first: Blocker, lacking: Sequence[Blocker]) -> Reason:
    """Return what to settle before the seal, and how much is left."""
    scores = [one.entries for one in lacking if one.place == "scores"]
    left = sum(scores) if first.place == "scores" else len(lacking)
    if left <= 1:
        return Reason("settle", blocker=first.reason)
    if first.place == "scores":
        return Reason("settle-scores", blocker=first.reason, left=left)
    return Reason("settle-one", blocker=first.reason, left=left)


def _seal_step(session: Session, policies: Policies, reader: Reader) -> Step:
    """Return the step for signing, once nothing keeps the session from being sealed."""
    left = len(blockers.to_look_at(session, reader.was_coordinator))
    who = blockers.find_signer(session, policies, reader.was_coordinator)
    if others := reader.must_ask(who, session.lead):
        lead = who is Who.LEAD
        what = Reason("ask-sign" if lead else "ask-review", others=others)
    else:
        what = Reason("seal-open" if left else "seal", left=left)
    return Step(what, "seal", who=who)
