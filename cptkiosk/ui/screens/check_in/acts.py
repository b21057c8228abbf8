"""What the keys of the check-in ask of the rules, and do to the person under the cursor."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from cptkiosk.domain.commands import checkin as c
from cptkiosk.domain.commands.base import STAND_IN, SessionCommand
from cptkiosk.domain.commands.planning import CorrectModule
from cptkiosk.domain.rules.attendance import being_checked_in, not_come
from cptkiosk.domain.rules.photo_id import ID_KINDS
from cptkiosk.domain.state.attempt import (
    IN_PERSON,
    WAITING,
    Attempt,
    AttemptProgress,
    Gate,
)
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import plural
from cptkiosk.ui.actions import Commands
from cptkiosk.ui.attempt_rows import GATE_NAMES
from cptkiosk.ui.dialogs import check_in as ask_about
from cptkiosk.ui.dialogs import walk_in as comers
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.assignment import assignment
from cptkiosk.ui.dialogs.check_in import write_denial_slip
from cptkiosk.ui.dialogs.question import CommandQuestion, about_all
from cptkiosk.ui.dialogs.reports import offer_reports, report_maker
from cptkiosk.ui.frame.current_person import of_current
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.naming import persons
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.screens.check_in.obstacles import Obstacles, deny_command
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
    names = screen.kiosk.desk.center.coordinator_names
    question = ask_about.deny_entry(
        screen.session,
        attempt,
        screen.unless_moved(screen.go_to_next),
        lambda: write_slip(screen, attempt),
        known=screen.obstacles.reason(attempt),
        call=names if screen.why_refused(uncalled) else "",
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
    question = CommandQuestion.from_catalog(
        "mark-absent",
        {"name": name, "seen": _seen_here(attempt)},
        command=lambda _: command,
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


# What is asked of the rules, to dim a key


def lacks_rest(screen: SessionScreen) -> str:
    """Return that one key has nothing to pass for this person, if so."""
    attempt = screen.current
    if attempt is None or set(attempt.open_gates) - IN_PERSON:
        return ""
    if not attempt.open_gates:
        return "No item is open for this person."
    return "Only identity and seat are left. Press Enter for each."


def lacks_missing(screen: SessionPort) -> str:
    """Return why no one can be marked absent, if everyone has come."""
    here = being_checked_in(screen.session)
    if not_come(screen.session) or not here:
        return ""
    return f"No one is missing; {left_out(len(here))}."


def left_out(count: int) -> str:
    """Return how many are not marked absent, because they are being checked in."""
    verb = "is" if count == 1 else "are"
    return f"{plural(count, 'person', 'people')} being checked in {verb} not included"


def about_gate(
    kind: Callable[..., SessionCommand],
) -> Callable[[SessionScreen], Commands]:
    """Return a function that lists the commands of a key about the open gate."""
    return of_current(
        lambda screen, one: kind(
            **screen.about(one), gate=one.open_gates[0], reason=STAND_IN
        )
    )


def late_command(screen: SessionPort, attempt: Attempt) -> c.ExpectLate | c.ArriveLate:
    """Return what the key for someone late asks for."""
    at_check_in = screen.session.stage is Stage.CHECK_IN
    if at_check_in and attempt.standing in WAITING - {AttemptProgress.LATE_EXPECTED}:
        return c.ExpectLate(**screen.about(attempt))
    return c.ArriveLate(**screen.about(attempt))


def module_command(screen: SessionPort, attempt: Attempt) -> SessionCommand:
    """Return what the key for another module asks about someone."""
    other = comers.other_modules(screen, attempt)[0]
    who = (attempt.participant_id, attempt.person.text)
    return CorrectModule(
        **screen.about(attempt),
        instead=assignment(screen, other, *who),
        reason=STAND_IN,
    )


def mark_absent(
    session: Session, people: Sequence[Attempt], *, only_missing: bool = False
) -> c.MarkAbsent:
    """Return the command that marks people absent, as one step."""
    attempt_ids = tuple(one.attempt_id for one in people)
    return c.MarkAbsent(
        session_id=session.session_id,
        attempt_ids=attempt_ids,
        only_missing=only_missing,
    )


def rest_absent_commands(screen: SessionPort) -> Commands:
    """Return what marks everyone absent who has not come."""
    return (mark_absent(screen.session, not_come(screen.session)),)
