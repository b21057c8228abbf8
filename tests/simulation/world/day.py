"""One simulated exam day: people, terminals, clocks and faults, all from one seed."""

from collections.abc import Callable
from random import Random

from cptkiosk.desk import Desk
from cptkiosk.desk.lookups import Lookups
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.checkin import HandOver
from cptkiosk.domain.commands.closing import RecordBundle, SealSession
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.rules.candidate_rules import DeclareConflict
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS, Actor, Refused, Role
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.services.assignment import build_assignment
from cptkiosk.upload.folder import write_bundle
from simulation.world.checks import (
    check_memory,
    check_same_second,
    check_time,
    check_whole_day,
    sealed_of,
)
from simulation.world.clocks import ZONE
from simulation.world.faults import full_disk
from simulation.world.next_step_walk import Walk
from simulation.world.plausible_commands import STAFF, View, plausible_command
from simulation.world.random_commands import random_command
from simulation.world.reference_model import Paper
from simulation.world.simulated_hosts import CALM, STEPS_MAX, Machines
from simulation.world.terminals import DONE, Terminal, must
from support.center import DANA, KIM, LEE

PIN, WRONG_PIN = "482913", "739154"
WALK_EVERY = 15
OVER = {Stage.SEALED, Stage.CANCELLED}


class SimDay(Machines):
    """A day at several terminals that is the same whenever its seed is."""

    def run(self) -> None:
        """Live through the day, and see that everything holds.

        Raises:
            DayFailed: naming what did not hold.
        """
        self.bundles.mkdir()
        self._open_center()
        while self.sessions_left or not self._over():
            must(self.steps < STEPS_MAX, "the day does not come to its end")
            self.steps += 1
            self._step()
            self._check()
        check_whole_day(self.terminals, self.reports, self.bundles)

    def _over(self) -> bool:
        if not self.terminals.all:
            return False
        desk = self.terminals.all[0].desk
        desk.catch_up()
        sessions = [desk.session(one) for one in self.terminals.papers]
        return self.hurry and all(
            one.stage in OVER and not one.changed_since_seal for one in sessions
        )

    # Who is here

    def _open_center(self) -> None:
        for name in self.names:
            self.terminals.open(name)
        first = self.terminals.all[0]
        self._act(first, "init", lambda d: d.center_log.init_center(
            "Northfield", "TN-014", ZONE, "Dana Ortiz", PIN))  # fmt: skip
        for name in ("Lee Wong", "Kim Park"):
            self._act(first, name, lambda d, name=name: d.staff.add_staff(  # type: ignore[misc]
                name, Role.PROCTOR, PIN, "2026-01-15", DANA))  # fmt: skip
        rows = [
            RegisterPerson(
                participant_id=one,
                family_name=f"Family{one}",
                given_name="Kim",
                registration=Registration(module, f"{module}-{one}", factor),
            )
            for one, factor in self.people.items()
            for module in self.modules
        ]
        self._act(first, "register", lambda d: d.registrar.register(rows, LEE))
        # Kim has a cousin here: dice of their own, so that the day's fall as before.
        cousin = Random(f"cousin {self.clock.true_ms}").choice(tuple(self.people))
        link = DeclareConflict(
            participant_id=cousin, staff_id=KIM.staff_id, relation="cousin"
        )
        self._act(first, f"link {cousin}", lambda d: d.perform(link, DANA))

    def _plan(self, terminal: Terminal) -> None:
        """Plan a session and put people on its roll."""
        random, desk = self.random, terminal.desk
        self.sessions_left -= 1
        modules = tuple(random.sample(self.modules, random.choice((1, 2))))
        starts_ms = desk.now().utc_ms + 10 * MINUTE_MS
        session_id = Lookups(desk.record).next_session_id(starts_ms)
        allowed = {
            f"{one}-{module}": self._allowed_ms(module, factor)
            for one, factor in self.people.items()
            for module in modules
        }
        self.terminals.papers[session_id] = Paper(session_id, allowed)
        command = PlanSession(
            session_id=session_id,
            title="Morning",
            starts_at_utc_ms=starts_ms,
            module_ids=modules,
            rooms=(Room(name="204", rows=3, columns=3),),
        )
        self._act(terminal, "plan", lambda d: d.perform(command, LEE), command=command)
        for one in random.sample(
            tuple(self.people), random.randint(2, len(self.people))
        ):
            self._assign(terminal, session_id, one, random.choice(modules), allowed)

    def _assign(
        self, terminal: Terminal, session_id: str, who: str, module: str,
        allowed: dict[str, int],
    ) -> None:  # fmt: skip
        """Put a candidate on the roll, with what an interrupted attempt has left."""
        attempt_id, ref = f"{who}-{module}", ""
        whole_ms = allowed[attempt_id]
        for paper in self.terminals.papers.values():
            sheet = paper.sheets.get(attempt_id)
            if sheet is not None and sheet.outcome == "interrupted":
                ref = f"{paper.session_id}/{attempt_id}"
                allowed[attempt_id] = paper.left_ms(attempt_id)
        outcome = self._act(
            terminal, f"assign {who} {module} {ref}",
            lambda d: d.perform(
                build_assignment(d, session_id, who, module, continues=ref), LEE
            ),
        )  # fmt: skip
        if not outcome.startswith(DONE):
            allowed[attempt_id] = whole_ms

    def _allowed_ms(self, module: str, factor: int) -> int:
        return self.definitions.module(module).minutes * 60 * factor

    # What happens

    def _step(self) -> None:
        terminal = self._somewhere()
        draw = self.random.random()
        if self.sessions_left and (self.hurry or draw < 0.1 or self.steps == 1):
            self._plan(terminal)
        elif draw < (0.02 if self.hurry else 0.25):
            self._clocks()
        elif draw < 0.26 and len(self.terminals.all) > 1 and not self.hurry:
            self.trace.append(f"{self.steps:>4} {terminal.name} is switched off")
            self.terminals.off(terminal)
        elif self.terminals.papers:
            self._give_command(terminal)
            if self.random.random() < 0.6:
                self._give_command(self._somewhere())

    # What people do

    def _give_command(self, terminal: Terminal) -> None:
        random, desk = self.random, terminal.desk
        if self.hurry or random.random() < 0.7:
            desk.catch_up()
        session_id = random.choice(self._open_ids(desk))
        try:
            session = desk.session(session_id)
        except Refused:
            return
        paper = self.terminals.papers[session_id]
        view = View(desk, session, paper, random, self.hurry)
        wild = random.random() < (0.02 if self.hurry else 0.3)
        if paper.error_ms:
            wild = random.random() < 0.8
        over = session.stage in OVER and not session.changed_since_seal
        if over and self.hurry and random.random() < 0.7:
            return
        command = random_command(view) if wild else plausible_command(view)
        if random.random() < 0.01 and self.steps <= CALM:
            self._fill_up(terminal, session_id)
            return
        actor = random.choice((DANA, DANA, LEE, LEE, KIM))
        outcome = self._act(
            terminal, _label(command, actor), self._doing(command, actor), command=command,
            fault=self._fault(0.1), around=self._outside(terminal),
            several=isinstance(command, SealSession),
        )  # fmt: skip
        if "session-sealed.v1" in outcome:
            self._keep_report(session_id)

    def _fill_up(self, terminal: Terminal, session_id: str) -> None:
        """Write more than the file has room for, on a disk that is truly full."""
        note = TakeNote(session_id=session_id, text="much was said. " * 3000)
        outcome = self._act(
            terminal, "a long note, disk full", lambda d: d.perform(note, LEE),
            command=note, around=full_disk(terminal.wire),
        )  # fmt: skip
        must(not outcome.startswith(DONE), "a long note fitted into a full file")
        self.terminals.faults["full file"] += 1

    def _open_ids(self, desk: Desk) -> tuple[str, ...]:
        """Return the sessions to choose from: in the end those that are not over."""
        ids = tuple(self.terminals.papers)
        known = [desk.sessions.get(one) for one in ids]
        some = [
            one.session_id
            for one in known
            if one is not None and (one.stage not in OVER or one.changed_since_seal)
        ]
        return tuple(some) if self.hurry and some else ids

    def _doing(self, command: SessionCommand, actor: Actor) -> Callable[[Desk], object]:
        """Return how a command is carried out."""
        wrong = not self.hurry and self.random.random() < 0.1
        pin = WRONG_PIN if wrong else PIN
        match command:
            case SealSession():
                return lambda d: d.seal(command.session_id, actor, pin)
            case HandOver():
                return lambda d: d.hand_over(
                    command.session_id, actor, PIN, command.to, PIN
                )
            case RecordBundle():
                return lambda d: write_bundle(
                    d, command.session_id, self.bundles, actor,
                    report=sealed_report(self.definitions),
                )  # fmt: skip
            case _:
                return lambda d: d.perform(command, actor)

    def _keep_report(self, session_id: str) -> None:
        """Keep what went out with a seal, to compare it in the evening."""
        desk = self._somewhere().desk
        self.reports[session_id] = sealed_of(desk, session_id)

    # What must hold

    def _check(self) -> None:
        on = self.terminals.all
        if not on:
            return
        desk = self.random.choice(on).desk
        desk.catch_up()
        for paper in self.terminals.papers.values():
            check_time(desk, paper, self.clock.true_ms)
        if self.steps % WALK_EVERY == 0 and self.terminals.papers:
            self._walk_on(desk)
        if self.steps % 8 == 0:
            check_same_second(self.terminals)
        if self.steps % 30 == 0:
            check_memory(desk, tuple(self.terminals.papers))
        if self.steps == 60:
            verify_ledger(desk.ledger)

    def _walk_on(self, desk: Desk) -> None:
        """See that Next leads every session to its end, whoever is signed in."""
        for session_id in self.terminals.papers:
            # Its own dice: the day is the same whether somebody walks ahead or not.
            dice = Random(f"{session_id} {self.steps} {len(self.terminals.log)}")
            Walk(desk, desk.session(session_id), dice).to_the_end()


def _label(command: SessionCommand, actor: Actor) -> str:
    """Return a command in a line of the trace."""
    parts = [f"{name}={value}" for name, value in vars(command).items()]
    return f"{actor.staff_id} {type(command).__name__}({', '.join(parts)[:150]})"


assert len(STAFF) == 3, "three people work here"
