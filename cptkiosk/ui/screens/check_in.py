"""Check-in: left the roll, right the gates of the person under the cursor."""

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from cptkiosk.domain import blockers
from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import IN_PERSON, WAITING, Attempt, Gate, Progress
from cptkiosk.domain.checkin import ID_KINDS
from cptkiosk.domain.guide import Step, gate_text
from cptkiosk.domain.session import Stage
from cptkiosk.domain.text import fit
from cptkiosk.domain.values import plural
from cptkiosk.ui import rolls
from cptkiosk.ui.screens import testing_questions as ask_about
from cptkiosk.ui.screens.base import Key
from cptkiosk.ui.screens.session import RollScreen
from cptkiosk.ui.widgets.form import ChoiceField, TextField, ToggleField
from cptkiosk.ui.widgets.roll import Column, Roll, Row

GATE_WORDS = {
    Gate.PHOTO_ID: "photo ID",
    Gate.NAME: "name on ID = roster = code",
    Gate.ELIGIBLE: "eligible, fee",
    Gate.AGREEMENT: "agreement accepted today",
    Gate.BELONGINGS: "phone, watch, bag stowed",
    Gate.ACCOMMODATIONS: "accommodations read back",
    Gate.SCRATCH: "scratch paper issued",
    Gate.SEAT: "seat",
    Gate.USER_CODE: "user code handed over",
}


class CheckInScreen(RollScreen):
    """Brings everyone on the roll to a seat, or says why not."""

    PLACE = "check-in"
    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("enter", "next", "next", "Pass the open gate of this person"),
        Key("space", "rest", "all the rest", "Pass what remains but identity and seat"),
        Key("d", "deny", "deny", "Do not admit this person"),
        Key("w", "waive", "waive", "Let the open gate go, for a reason"),
        Key("z", "seat", "seat", "Choose a seat, or another one"),
        Key("k", "id_kind", "ID kind", "Pass the photo ID with another kind of ID"),
        Key("l", "late", "late", "Known to come late; or has arrived late"),
        Key("a", "absent", "absent", "Mark this person absent"),
        Key("A", "all_absent", "rest absent", "Mark everyone who has not come absent"),
        Key("s", "start", "start", "Go to the start"),
    )

    def __init__(self, session_id: str, show: str = "") -> None:
        super().__init__(session_id)
        self._show_first = show

    def body(self) -> Iterator[Widget]:
        """Lay out roll and gates."""
        with Horizontal():
            yield Roll(empty="Nobody is on the roll.")
            yield Static("", id="gates", markup=False)

    def prepare(self) -> None:
        """Name the columns and put the cursor where the Next line points."""
        roll = self.query_one(Roll)
        roll.set_columns(
            [
                Column("Person", 20, grow=True),
                Column("Module", 8, min_screen=100),
                Column("State", 13),
                Column("Seat", 4),
            ]
        )

    def opened(self) -> None:
        """Put the cursor on who was asked for, or where the Next line points."""
        if not self.query_one(Roll).move_to(self._show_first):
            self._go_to_next()

    def _go_to_next(self) -> None:
        step = super().next_step()
        if step.attempt_id:
            self.query_one(Roll).move_to(step.attempt_id)

    def draw(self) -> None:
        """Draw the roll and the gates."""
        glyphs = self.kiosk.glyphs
        shown = rolls.names(self.session)
        rows = []
        for one in rolls.sorted_roll(self.session):
            progress = self.session.progress(one, self.line_ms)
            rows.append(
                Row(
                    one.attempt_id,
                    (
                        shown[one.attempt_id],
                        one.module.short,
                        rolls.state_words(one, progress, glyphs),
                        one.seat,
                    ),
                    rolls.tone(one, progress),
                )
            )
        self.query_one(Roll).set_rows(rows)
        self._draw_gates()

    def draw_stage(self) -> None:
        """Draw how many are resolved beside the walk."""
        super().draw_stage()
        people = self.session.attempts.values()
        resolved = len(people) - len(blockers.to_start(self.session))
        from cptkiosk.domain.guide import STAGES, stage_index

        count = f"{resolved} of {len(people)}"
        self.stages.show(STAGES, stage_index(self.session), count)

    @on(Roll.Moved)
    def _draw_gates(self) -> None:
        attempt = self.current
        panel = self.query_one("#gates", Static)
        if attempt is None:
            panel.update("")
            return
        extra = attempt.factor_permille
        time = "standard time" if extra == 1000 else f"extra time x{extra / 1000:g}"
        fee = {True: "paid", False: "NOT PAID", None: "not noted"}[attempt.paid]
        lines = [
            fit(attempt.person.text, 34).rstrip(),
            f"ID {attempt.participant_id}",
            f"{attempt.module.name}"[:34],
            f"edition {attempt.module.edition}, {time}",
            "",
        ]
        open_gates = attempt.open_gates
        notes = dict(attempt.gates)
        waiting = attempt.standing in WAITING
        for gate in Gate:
            here = waiting and bool(open_gates) and gate is open_gates[0]
            box = "[ ]" if gate in open_gates else "[x]"
            note = notes.get(gate, "")
            words = GATE_WORDS[gate]
            if gate is Gate.PHOTO_ID:
                words = f"photo ID: {note or ID_KINDS[0] + ' (k other)'}"
            elif gate is Gate.ELIGIBLE:
                words = f"eligible, fee {fee}"
            elif gate is Gate.SEAT and attempt.seat:
                words = f"seat {attempt.seat}"
            elif gate is Gate.USER_CODE and attempt.user_code:
                words = f"user code {attempt.user_code}"
            lines.append(f"{'>' if here else ' '}{box} {words}")
        if not waiting:
            lines += ["", f"{attempt.standing.value}"]
            if attempt.reason:
                lines.append(fit(attempt.reason.text, 34).rstrip())
        panel.update("\n".join(fit(line, 34).rstrip() for line in lines))

    def next_step(self) -> Step:
        """Name the person under the cursor, on whom Enter acts."""
        attempt = self.current if self.drawable else None
        if attempt is None or attempt.standing not in WAITING or not attempt.open_gates:
            return super().next_step()
        if self.session.stage is Stage.RUNNING and not attempt.late:
            return super().next_step()
        left = len(blockers.to_start(self.session))
        count = f"{plural(left, 'person', 'people')} to resolve; " if left else ""
        text = f"{count}{self.person(attempt)} - {gate_text(attempt)}"
        return Step(text, "gate", attempt_id=attempt.attempt_id)

    @on(Roll.Moved)
    def draw_next(self) -> None:
        """Let the Next line follow the cursor."""
        step = self.next_step()
        self.next_bar.show(f"Next: {step.text}", step.key)

    # Acting

    def probes(self) -> dict[str, c.SessionCommand]:
        """Name the wishes behind the keys."""
        attempt = self.current
        found: dict[str, c.SessionCommand] = {
            "start": c.StartSession(session_id=self.session_id),
            "undo": c.UndoStep(session_id=self.session_id),
        }
        if attempt is not None:
            about = self._about(attempt)
            found["deny"] = c.DenyAttempt(**about, reason="?", coordinator_called=True)
            found["absent"] = c.MarkAbsent(
                session_id=self.session_id, attempt_ids=(attempt.attempt_id,)
            )
            found["seat"] = c.TakeSeat(**about)
            found["id_kind"] = c.PassGates(**about, gates=(Gate.PHOTO_ID,))
            if attempt.open_gates:
                found["waive"] = c.WaiveGate(
                    **about, gate=attempt.open_gates[0], reason="?"
                )
            rest = self._rest(attempt)
            if rest:
                found["rest"] = c.PassGates(**about, gates=rest)
        return found

    async def take(self, step: Step) -> None:
        """Open the doors first if they are shut."""
        if step.action == "open":
            from cptkiosk.ui.walk import screen_for

            self.app.switch_screen(screen_for("people", self.session_id))
        else:
            await self.do_next()

    async def do_next(self) -> None:
        """Pass the open gate of this person; once all are resolved, go on."""
        attempt = self.current
        if attempt is None or attempt.standing not in WAITING or not attempt.open_gates:
            step = self.next_step()
            if step.attempt_id and self.session.stage is Stage.CHECK_IN:
                self._go_to_next()
            else:
                from cptkiosk.ui.walk import follow

                if step.action != "gate":
                    await follow(self, step)
            return
        gate = attempt.open_gates[0]
        if self.session.stage is Stage.RUNNING and not attempt.late:
            self.do_late()
        elif gate is Gate.SEAT:
            self._take_seat(attempt)
        else:
            note = ID_KINDS[0] if gate is Gate.PHOTO_ID else ""
            self._pass(attempt, (gate,), note)

    def _pass(self, attempt: Attempt, gates: tuple[str, ...], note: str = "") -> None:
        what = (
            GATE_WORDS[Gate(gates[0])]
            if len(gates) == 1
            else plural(len(gates), "gate")
        )
        unpaid = attempt.paid is False and Gate.ELIGIBLE in gates
        self.ask(
            c.PassGates(**self._about(attempt), gates=gates, note=note),
            f"{self.person(attempt)}: {what} passed"
            + (" - the fee is NOT PAID" if unpaid else ""),
            lambda: self._when_done(attempt.attempt_id),
        )

    def _when_done(self, attempt_id: str) -> None:
        attempt = self.session.attempts[attempt_id]
        if attempt.standing is Progress.SEATED:
            self._go_to_next()

    def _take_seat(self, attempt: Attempt) -> None:
        self.ask(
            c.TakeSeat(**self._about(attempt)),
            f"{self.person(attempt)}: seated",
            lambda: self._when_done(attempt.attempt_id),
        )

    def do_rest(self) -> None:
        """Pass everything but identity and seat."""
        attempt = self.current
        if attempt is not None and (rest := self._rest(attempt)):
            self._pass(attempt, rest)
        else:
            self.say("Only identity and seat are left; Enter passes them.", "warning")

    def do_id_kind(self) -> None:
        """Choose the kind of ID that was shown."""
        attempt = self.current
        if attempt is None:
            return
        kinds = tuple((kind, kind) for kind in ID_KINDS)
        self.ask_first(
            f"Photo ID of {self.person(attempt)}",
            ("The kind is kept, never the number.",),
            (ChoiceField("kind", "Kind", kinds, value=ID_KINDS[1]),),
            lambda values: c.PassGates(
                **self._about(attempt),
                gates=(Gate.PHOTO_ID,),
                note=str(values["kind"]),
            ),
            lambda values: f"{self.person(attempt)}: photo ID passed, {values['kind']}",
        )

    @staticmethod
    def _rest(attempt: Attempt) -> tuple[str, ...]:
        return tuple(gate for gate in attempt.open_gates if gate not in IN_PERSON)

    def _about(self, attempt: Attempt) -> dict[str, str]:
        return {"session_id": self.session_id, "attempt_id": attempt.attempt_id}

    def do_seat(self) -> None:
        """Choose one of the free seats."""
        if self.current is not None:
            attempt_id = self.current.attempt_id
            ask_about.seat(self, self.current, lambda: self._when_done(attempt_id))

    def do_deny(self) -> None:
        """Ask for the reason, then turn this person away."""
        attempt = self.current
        if attempt is None:
            return
        self.ask_first(
            f"Deny {self.person(attempt)}",
            ("They will not be tested today; u takes it back.",),
            (
                TextField("reason", "Reason"),
                ToggleField("called", "Coordinator called"),
            ),
            lambda values: c.DenyAttempt(
                **self._about(attempt),
                reason=str(values["reason"]),
                coordinator_called=bool(values["called"]),
            ),
            lambda _: f"{self.person(attempt)}: denied",
            then=self._go_to_next,
        )

    def do_waive(self) -> None:
        """Ask for the reason, then let the open gate go."""
        attempt = self.current
        if attempt is None or not attempt.open_gates:
            self.say("No gate is open here.", "warning")
            return
        gate = attempt.open_gates[0]
        self.ask_first(
            f"Waive '{GATE_WORDS[gate]}' for {self.person(attempt)}",
            ("The record says who waived it, and why.",),
            (TextField("reason", "Reason"),),
            lambda values: c.WaiveGate(
                **self._about(attempt), gate=gate, reason=str(values["reason"])
            ),
            lambda _: f"{self.person(attempt)}: {GATE_WORDS[gate]} waived",
            then=lambda: self._when_done(attempt.attempt_id),
        )

    def do_late(self) -> None:
        """Expect late before the start; record the arrival after it."""
        attempt = self.current
        if attempt is None:
            return
        about = self._about(attempt)
        if self.session.stage is Stage.CHECK_IN and attempt.standing in WAITING:
            self.ask(
                c.ExpectLate(**about),
                f"{self.person(attempt)}: expected late",
                self._go_to_next,
            )
        else:
            self.ask(c.ArriveLate(**about), f"{self.person(attempt)}: arrived late")

    def do_absent(self) -> None:
        """Mark this person absent."""
        attempt = self.current
        if attempt is not None:
            self._absent((attempt.attempt_id,), f"{self.person(attempt)}: absent")

    def do_all_absent(self) -> None:
        """Mark absent who has not come; who is expected late still may."""
        may_come = () if self.session.running else (Progress.LATE_EXPECTED,)
        unresolved = tuple(
            one.attempt_id
            for one in self.session.attempts.values()
            if one.standing in WAITING.difference(may_come, {Progress.CHECKED_IN})
        )
        words = (
            f"{plural(len(unresolved), 'person', 'people')} absent; u takes one back"
        )
        self._absent(unresolved, words)

    def _absent(self, attempt_ids: tuple[str, ...], words: str) -> None:
        self.ask(
            c.MarkAbsent(session_id=self.session_id, attempt_ids=attempt_ids),
            words,
            self._go_to_next,
        )

    async def do_start(self) -> None:
        """Go to the start."""
        from cptkiosk.ui.walk import screen_for

        self.app.switch_screen(screen_for("start", self.session_id))
