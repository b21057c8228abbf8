"""What the keys of the check-in do to the person under the cursor."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from cptkiosk.domain.commands import checkin as c
from cptkiosk.domain.commands.base import STAND_IN
from cptkiosk.domain.rules.attendance import being_checked_in, not_come
from cptkiosk.domain.rules.photo_id import ID_KINDS
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress, Gate
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import plural
from cptkiosk.ui.actions import Commands
from cptkiosk.ui.attempt_rows import GATE_NAMES
from cptkiosk.ui.dialogs import check_in as ask_about
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.check_in import write_denial_slip
from cptkiosk.ui.dialogs.question import CommandQuestion, about_all
from cptkiosk.ui.dialogs.reports import offer_reports, report_maker
from cptkiosk.ui.naming import persons
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.screens.check_in.commands import (
    deny_command,
    late_command,
    left_out,
    mark_absent,
)
from cptkiosk.ui.screens.check_in.obstacles import Obstacles
from cptkiosk.ui.workers import begin
from cptkiosk.words import write_words


class CheckIn(SessionPort, Protocol):
    """The check-in screen, as its keys see it."""

    obstacles: Obstacles

    @property
    def current(self) -> Attempt | None:
        """The attempt under the cursor."""

    def go_to_next(self) -> None:
        """Put the cursor on who is next."""

    def unless_moved(self, go_on: Callable[[], object]) -> Callable[[], None]:
        """Return what moves the cursor on later, if no one has moved it by then."""


def is_to_arrive(session: Session, attempt: Attempt) -> bool:
    """Return whether the arrival of someone is recorded before any gate is passed."""
    before_start = session.stage is Stage.CHECK_IN
    expected_late = before_start and attempt.standing is AttemptProgress.LATE_EXPECTED
    return (session.stage is Stage.RUNNING or expected_late) and not attempt.late


def pass_open_gate(screen: CheckIn, attempt: Attempt) -> None:
    """Pass the gate that is open, or take the next free seat."""
    gate = attempt.open_gates[0]
    if is_to_arrive(screen.session, attempt):
        handle_late(screen, attempt)
    elif attempt.failed_at(gate):
        ask_command(
            screen, ask_about.pass_gate_after_all(screen.session, attempt, gate)
        )
    elif gate is Gate.SEAT:
        screen.post_command(
            c.TakeSeat(**screen.about(attempt)),
            f"{screen.person(attempt)}: seated",
            when_done(screen, attempt),
        )
    else:
        _pass(screen, attempt, (gate,))


def _pass(screen: CheckIn, attempt: Attempt, gates: tuple[str, ...]) -> None:
    what = GATE_NAMES[Gate(gates[0])] if len(gates) == 1 else plural(len(gates), "item")
    unpaid = attempt.paid is False and Gate.ELIGIBLE in gates
    screen.post_command(
        c.PassGates(
            **screen.about(attempt),
            gates=gates,
            id_kind=ID_KINDS[0] if Gate.PHOTO_ID in gates else "",
            id_checked=Gate.PHOTO_ID in gates,
        ),
        f"{screen.person(attempt)}: {what} checked"
        + (" - fee not paid" if unpaid else ""),
        when_done(screen, attempt),
    )


def when_done(screen: CheckIn, attempt: Attempt) -> Callable[[], None]:
    """Return what goes on from someone, once they are seated."""

    def go_on() -> None:
        now = screen.session.attempts[attempt.attempt_id]
        if now.standing is AttemptProgress.SEATED:
            screen.go_to_next()

    return screen.unless_moved(go_on)


def pass_rest(screen: CheckIn, attempt: Attempt) -> None:
    """Pass everything but identity and seat."""
    if rest := screen.obstacles.free_gates(attempt):
        _pass(screen, attempt, rest)
    elif minded := screen.obstacles.gates(attempt):
        gate, reason = next(iter(minded.items()))
        what = f"{GATE_NAMES[gate]}: {write_words(reason)}"
        words = f"Needs a look - {what}. Enter checks off only this item."
        screen.say(words, "warning")


def fail_gate(screen: CheckIn, attempt: Attempt) -> None:
    """Say what was shown at the open gate, which is not passed."""
    gate = attempt.open_gates[0]
    waive = c.WaiveGate(**screen.about(attempt), gate=gate, reason=STAND_IN)
    may_waive = not screen.why_refused(waive)
    question = ask_about.fail_gate(screen.session, attempt, gate, may_waive=may_waive)
    ask_command(screen, question)


def waive_gate(screen: CheckIn, attempt: Attempt) -> None:
    """Ask for the reason, then let the open gate go."""
    then, gate = when_done(screen, attempt), attempt.open_gates[0]
    ask_command(screen, ask_about.waive_gate(screen.session, attempt, gate, then))


def deny_person(screen: CheckIn, attempt: Attempt) -> None:
    """Ask for the reason, turn this person away, write the slip."""
    uncalled = replace(deny_command(screen, attempt), coordinator_called=False)
    question = ask_about.deny_entry(
        screen.session,
        attempt,
        screen.unless_moved(screen.go_to_next),
        lambda: write_slip(screen, attempt),
        known=screen.obstacles.reason(attempt),
        asks_for_call=bool(screen.why_refused(uncalled)),
    )
    ask_command(screen, question)


def write_slip(screen: CheckIn, attempt: Attempt) -> None:
    """Write the denial slip of someone as text."""
    begin(screen.kiosk, partial(write_denial_slip, screen, attempt.attempt_id), "slip")


def print_slip(screen: CheckIn, attempt: Attempt) -> None:
    """Ask how the denial slip of someone is printed or saved again."""
    about = (screen.session_id, attempt.participant_id)
    slip = report_maker(screen, "denial-slip", *about)
    offer_reports(screen, {"denial slip": slip})


def handle_late(screen: CheckIn, attempt: Attempt) -> None:
    """Expect late before the start; record the arrival after it."""
    command, name = late_command(screen, attempt), screen.person(attempt)
    if isinstance(command, c.ExpectLate):
        go_on = screen.unless_moved(screen.go_to_next)
        screen.post_command(command, f"{name}: running late", go_on)
    else:
        late = " late" if screen.session.running else ""
        screen.post_command(command, f"{name}: arrived{late}")


def mark_person_absent(screen: CheckIn, attempt: Attempt) -> None:
    """Mark this person absent; ask first about someone who has been seen here."""
    command, name = mark_absent(screen.session, (attempt,)), screen.person(attempt)
    words, go_on = f"{name}: absent", screen.unless_moved(screen.go_to_next)
    if attempt not in being_checked_in(screen.session):
        screen.post_command(command, words, go_on)
        return
    question = CommandQuestion(
        f"Mark absent: {name}",
        (f"{name} {_seen_here(attempt)}. Mark absent?",),
        command=lambda _: command,
        words=words,
        then=go_on,
    )
    ask_command(screen, question)


def mark_rest_absent(screen: CheckIn) -> None:
    """Name who has not come, then mark them absent; who is here is left out."""
    people = not_come(screen.session)
    here = being_checked_in(screen.session)
    question = about_all(
        screen.session,
        f"Mark {persons(screen.session, people)} absent",
        people,
        (mark_absent(screen.session, people, only_missing=True),),
        "absent",
        lines=(f"{left_out(len(here))}.",) if here else (),
        then=screen.unless_moved(screen.go_to_next),
    )
    # Who came meanwhile is left out: what is recorded says who is absent.
    ask_command(screen, replace(question, words=""))


def rest_commands(screen: CheckIn) -> Commands:
    """Return what one key asks about all gates that need no look of their own."""
    attempt = screen.current
    rest = screen.obstacles.free_gates(attempt) if attempt is not None else ()
    if attempt is None or not rest:
        return ()
    return (c.PassGates(**screen.about(attempt), gates=rest),)


def _seen_here(attempt: Attempt) -> str:
    """Return what shows that someone has come."""
    if Gate.PHOTO_ID in attempt.passed_gates:
        return "has shown a photo ID"
    return "has arrived" if attempt.late else "has begun check-in"
