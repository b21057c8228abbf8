"""What the keys of the check-in do to the person under the cursor."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import IN_PERSON, WAITING, Attempt, AttemptProgress, Gate
from cptkiosk.domain.checkin import being_checked_in, not_come
from cptkiosk.domain.photo_id import ID_KINDS
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.values import plural
from cptkiosk.ui.actions import STAND_IN
from cptkiosk.ui.attempt_rows import GATE_WORDS
from cptkiosk.ui.dialogs import check_in as ask_about
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.check_in import write_denial_slip
from cptkiosk.ui.dialogs.question import CommandQuestion, about_all
from cptkiosk.ui.frame.table_screen import TableScreen
from cptkiosk.ui.naming import persons
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.workers import begin


class CheckInActs(TableScreen):
    """Passes gates, turns people away, and settles who is on the roll for what."""

    def show_person(self, attempt_id: str) -> None:
        """Put the cursor on somebody."""
        self.query_one(FilterableTable).move_to(attempt_id)

    def go_to_next(self) -> None:
        """Put the cursor on who is next."""
        raise NotImplementedError

    def kept_out_by(self, attempt: Attempt) -> str:
        """Return the reason that is known why somebody may not begin, or nothing."""
        raise NotImplementedError

    def rest(self, attempt: Attempt) -> tuple[str, ...]:
        """Return the open gates that one key may pass together."""
        minded = self.minded(attempt)
        return tuple(
            gate
            for gate in attempt.open_gates
            if gate not in IN_PERSON and gate not in minded
        )

    def minded(self, attempt: Attempt) -> Mapping[Gate, str]:
        """Return the open gates with a known problem, each with what it is."""
        raise NotImplementedError

    # Gates

    def pass_open_gate(self, attempt: Attempt) -> None:
        """Pass the gate that is open, or take the next free seat."""
        gate = attempt.open_gates[0]
        before_start = self.session.stage is Stage.CHECK_IN
        expected_late = (
            before_start and attempt.standing is AttemptProgress.LATE_EXPECTED
        )
        if (self.session.stage is Stage.RUNNING or expected_late) and not attempt.late:
            self.handle_late(attempt)
        elif attempt.failed_at(gate):
            ask_command(
                self, ask_about.pass_gate_after_all(self.session, attempt, gate)
            )
        elif gate is Gate.SEAT:
            self.ask(
                c.TakeSeat(**self.about(attempt)),
                f"{self.person(attempt)}: seated",
                self.when_done(attempt),
            )
        else:
            self._pass(attempt, (gate,))

    def _pass(self, attempt: Attempt, gates: tuple[str, ...]) -> None:
        what = (
            GATE_WORDS[Gate(gates[0])]
            if len(gates) == 1
            else plural(len(gates), "gate")
        )
        unpaid = attempt.paid is False and Gate.ELIGIBLE in gates
        self.ask(
            c.PassGates(
                **self.about(attempt),
                gates=gates,
                id_kind=ID_KINDS[0] if Gate.PHOTO_ID in gates else "",
                id_checked=Gate.PHOTO_ID in gates,
            ),
            f"{self.person(attempt)}: {what} passed"
            + (" - the fee is NOT PAID" if unpaid else ""),
            self.when_done(attempt),
        )

    def when_done(self, attempt: Attempt) -> Callable[[], None]:
        """Return what goes on from somebody, once they are seated."""

        def go_on() -> None:
            now = self.session.attempts[attempt.attempt_id]
            if now.standing is AttemptProgress.SEATED:
                self.go_to_next()

        return self.unless_moved(go_on)

    def pass_rest(self, attempt: Attempt) -> None:
        """Pass everything but identity and seat."""
        if rest := self.rest(attempt):
            self._pass(attempt, rest)
        elif minded := self.minded(attempt):
            gate, reason = next(iter(minded.items()))
            what = gate.replace("-", " ")
            self.say(f"Look at {what}: {reason}. Enter passes it alone.", "warning")
        else:
            self.say("Only identity and seat are left; Enter passes them.", "warning")

    def fail_gate(self, attempt: Attempt) -> None:
        """Say what was shown at the open gate, which is not passed."""
        gate = attempt.open_gates[0]
        waive = c.WaiveGate(**self.about(attempt), gate=gate, reason=STAND_IN)
        may_waive = not self.why_refused(waive)
        question = ask_about.fail_gate(self.session, attempt, gate, may_waive=may_waive)
        ask_command(self, question)

    def waive_gate(self, attempt: Attempt) -> None:
        """Ask for the reason, then let the open gate go."""
        then, gate = self.when_done(attempt), attempt.open_gates[0]
        ask_command(self, ask_about.waive_gate(self.session, attempt, gate, then))

    # Who is not tested today

    def deny_person(self, attempt: Attempt) -> None:
        """Ask for the reason, turn this person away, write the slip."""
        uncalled = replace(self.deny_command(attempt), coordinator_called=False)
        question = ask_about.deny_entry(
            self.session,
            attempt,
            self.unless_moved(self.go_to_next),
            lambda: self.write_slip(attempt),
            known=self.kept_out_by(attempt),
            asks_for_call=bool(self.why_refused(uncalled)),
        )
        ask_command(self, question)

    def write_slip(self, attempt: Attempt) -> None:
        """Write the denial slip of somebody, perhaps again."""
        begin(self.kiosk, partial(write_denial_slip, self, attempt.attempt_id), "slip")

    def handle_late(self, attempt: Attempt) -> None:
        """Expect late before the start; record the arrival after it."""
        wish, name = self.late_command(attempt), self.person(attempt)
        if isinstance(wish, c.ExpectLate):
            go_on = self.unless_moved(self.go_to_next)
            self.ask(wish, f"{name}: expected late", go_on)
        else:
            late = " late" if self.session.running else ""
            self.ask(wish, f"{name}: arrived{late}")

    def deny_command(self, attempt: Attempt) -> c.DenyAttempt:
        """Return the least that the key for a denial asks for."""
        return c.DenyAttempt(
            **self.about(attempt), reason=STAND_IN, coordinator_called=True
        )

    def late_command(self, attempt: Attempt) -> c.ExpectLate | c.ArriveLate:
        """Return what the key for somebody late asks for."""
        at_check_in = self.session.stage is Stage.CHECK_IN
        if at_check_in and attempt.standing in WAITING - {
            AttemptProgress.LATE_EXPECTED
        }:
            return c.ExpectLate(**self.about(attempt))
        return c.ArriveLate(**self.about(attempt))

    def mark_absent(self, attempt: Attempt) -> None:
        """Mark this person absent; ask first about somebody who has been seen here."""
        wish, name = mark_absent(self.session_id, (attempt,)), self.person(attempt)
        words, go_on = f"{name}: absent", self.unless_moved(self.go_to_next)
        if attempt not in being_checked_in(self.session):
            self.ask(wish, words, go_on)
            return
        question = CommandQuestion(
            f"Mark absent: {name}",
            (f"{name} {_seen_here(attempt)}. Mark absent?",),
            command=lambda _: wish,
            words=words,
            then=go_on,
        )
        ask_command(self, question)

    def mark_rest_absent(self) -> None:
        """Name who has not come, then mark them absent; who is here is left out."""
        people = not_come(self.session)
        here = being_checked_in(self.session)
        question = about_all(
            self.session,
            f"Mark {persons(self.session, people)} absent",
            people,
            (mark_absent(self.session_id, people, only_missing=True),),
            "absent",
            lines=(f"{_left_out(len(here))}.",) if here else (),
            then=self.unless_moved(self.go_to_next),
        )
        # Who came meanwhile is left out: what is recorded says who is absent.
        ask_command(self, replace(question, words=""))


def mark_absent(
    session_id: str, people: Sequence[Attempt], *, only_missing: bool = False
) -> c.MarkAbsent:
    """Return the command that marks people absent, as one step."""
    attempt_ids = tuple(one.attempt_id for one in people)
    return c.MarkAbsent(
        session_id=session_id, attempt_ids=attempt_ids, only_missing=only_missing
    )


def _seen_here(attempt: Attempt) -> str:
    """Return what shows that somebody has come."""
    if Gate.PHOTO_ID in attempt.passed_gates:
        return "has shown a photo ID"
    return "has arrived" if attempt.late else "has begun check-in"


def nobody_missing(session: Session) -> str:
    """Return why nobody can be marked absent, if everybody has come."""
    here = being_checked_in(session)
    if not_come(session) or not here:
        return ""
    return f"Nobody is missing; {_left_out(len(here))}."


def _left_out(count: int) -> str:
    verb = "is" if count == 1 else "are"
    return f"{plural(count, 'person', 'people')} being checked in {verb} left out"
