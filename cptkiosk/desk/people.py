"""The people to be assessed, as rosters name them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import reduce
from heapq import nsmallest
from typing import Final

from cptkiosk.desk.record import Recorded, authorized
from cptkiosk.desk.staff import StaffDesk
from cptkiosk.domain import candidate as candidates
from cptkiosk.domain import candidate_changes, candidate_rules, fees
from cptkiosk.domain.candidate import Candidate, Door, Namesake, RegisterPerson
from cptkiosk.domain.candidate_rules import (
    CandidateCommand,
    CandidateContext,
    DecideTwoPeople,
    ForgetPerson,
)
from cptkiosk.domain.events import Entry, Fact
from cptkiosk.domain.fees import Statement
from cptkiosk.domain.text import may_be_one_name, name_words
from cptkiosk.domain.values import Actor, NeedsCoordinator, Refused
from cptkiosk.ledger import projections, queries
from cptkiosk.ledger.ledger import Transaction

NAMESAKES_MAX: Final = 5
"""So many of one name and birth date are asked about; more are a list gone wrong."""


class PeopleDesk(StaffDesk):
    """Wishes about people and what they are registered for."""

    def register(
        self,
        people: Sequence[RegisterPerson],
        actor: Actor,
        *,
        dry_run: bool = False,
        signed_in: Actor | None = None,
    ) -> tuple[tuple[Fact, ...] | Refused, ...]:
        """Bring the record up to date with a roster, all in one transaction.

        Args:
            people: what the rows say.
            actor: who does it, or the coordinator who approved what was decided.
            dry_run: only find out what would happen.
            signed_in: who does it, where the actor approved what was decided and
                nothing else.

        Returns:
            For each row what it made happen, or why it was refused.
        """
        outcomes: list[tuple[Fact, ...] | Refused] = []

        def write(transaction: Transaction) -> tuple[Entry, ...]:
            outcomes.clear()
            known: dict[str, Candidate] = {}
            door = Door(queries.open_modules(self.ledger), actor, signed_in)
            same_names = _SameNames(queries.people(self.ledger))
            entries: list[Entry] = []
            for command in people:
                try:
                    some = self._register(transaction, command, known, door, same_names)
                    outcomes.append(tuple(entry.event for entry in some))
                    entries += some
                except Refused as refusal:
                    outcomes.append(refusal)
            if dry_run:
                raise _DryRun
            return tuple(entries)

        with suppress(_DryRun):
            self._keep(self._written(actor, write))
        return tuple(outcomes)

    def _register(
        self,
        transaction: Transaction,
        command: RegisterPerson,
        known: dict[str, Candidate],
        door: Door,
        same_names: "_SameNames",
    ) -> tuple[Entry, ...]:
        about = command.participant_id
        if about not in known:
            known[about] = self.candidate(about)
        before = known[about]
        code = command.registration.user_code if command.registration else ""
        holder = queries.code_holder(self.ledger, code, about) if code else ""
        if holder:
            raise Refused(
                f"User code {code} belongs to participant {holder}.",
                "Look at the code again.",
            )
        door = replace(door, namesakes=self._namesakes(command, before, same_names))
        events = candidates.decide(before, command, door)
        if door.actor is not None and (command.doubt or command.two_people):
            events = authorized(events, door.actor)
        entries = transaction.append(
            f"candidate/{about}", before.version, events, self.now()
        )
        after = reduce(candidate_changes.evolve, entries, before)
        if entries:
            transaction.project(projections.candidate_rows(after))
        known[about] = after
        same_names.add(after)
        return entries

    def _namesakes(
        self, command: RegisterPerson, before: Candidate, same_names: "_SameNames"
    ) -> tuple[Namesake, ...]:
        """Return who has the name that somebody is registered with."""
        words = name_words(f"{command.given_name} {command.family_name}")
        staff = (
            Namesake(member.staff_id, of_staff=True)
            for member in self.center.staff.values()
            if may_be_one_name(words, name_words(member.name.text))
        )
        born = command.birth_date or before.birth_date.text
        return (*staff, *same_names.others(command.participant_id, words, born))

    def statement(self, participant_id: str) -> Statement:
        """Return what a candidate owes, and what was settled of it."""
        return fees.statement(
            self.candidate(participant_id),
            queries.history(self.ledger, participant_id),
            self.definitions.modules,
            self.definitions.fees,
            no_show_pays=self.definitions.policies.no_show_pays,
        )

    def note(self, command: CandidateCommand, actor: Actor) -> Recorded:
        """Carry out a command about a candidate's own record.

        Raises:
            Refused: if the rules do not allow it; nothing is written.
            StorageError: if it could not be written; nothing is recorded.
        """
        command = self._as_noticed(command)
        about = command.participant_id
        if isinstance(command, ForgetPerson):
            raise Refused("Texts have to go too.", "Use 'cptkiosk person forget'.")

        def write(transaction: Transaction) -> tuple[Entry, ...]:
            before = self.candidate(about)
            events = authorized(
                candidate_rules.decide(before, command, self._known(about, actor)),
                actor,
            )
            entries = transaction.append(
                f"candidate/{about}", before.version, events, self.now()
            )
            after = reduce(candidate_changes.evolve, entries, before)
            if entries:
                transaction.project(projections.candidate_rows(after))
            return entries

        entries = self._written(actor, write)
        self._keep(entries)
        return Recorded(entries)

    def why_not_note(
        self, command: CandidateCommand, actor: Actor, *, approvable: bool = False
    ) -> str:
        """Return why a command about a candidate's record would be refused, or nothing.

        Where a coordinator could approve it on the spot (`approvable`), that one is
        still lacking is no reason.
        """
        command = self._as_noticed(command)
        about = command.participant_id
        try:
            known = self._known(about, actor)
            candidate_rules.decide(self.candidate(about), command, known)
        except NeedsCoordinator as refusal:
            if not approvable:
                return str(refusal)
            return self.why_not_note(command, actor.approved)
        except Refused as refusal:
            return str(refusal)
        return ""

    def _as_noticed(self, command: CandidateCommand) -> CandidateCommand:
        """Return a decision about two IDs under the one that the notice stands with."""
        if not isinstance(command, DecideTwoPeople):
            return command
        one, other = command.participant_id, command.other
        there = Namesake(one) in self.candidate(other).namesakes
        if there and Namesake(other) not in self.candidate(one).namesakes:
            return replace(command, participant_id=other, other=one)
        return command

    def _known(self, participant_id: str, actor: Actor) -> CandidateContext:
        dates = [
            self.local_date(one.start_utc_ms or one.planned_utc_ms)
            for one in queries.history(self.ledger, participant_id)
        ]
        modules = self.definitions.modules
        return CandidateContext(
            actor=actor,
            today=self.local_date(self.now().utc_ms),
            policies=self.definitions.policies,
            last_date=max(dates, default=""),
            at_the_door=queries.at_the_door(self.ledger, participant_id),
            unsealed=queries.open_sessions_of(self.ledger, participant_id),
            staff_ids=frozenset(self.center.staff),
            courses=frozenset(course for one in modules for course in one.courses),
            statement=self.statement(participant_id),
        )


class _DryRun(Exception):
    """Take everything back: it was only to see what would happen."""


class _SameNames:
    """Finds who has the same name and birth date under another ID."""

    def __init__(self, people: Sequence[queries.PersonLine]) -> None:
        self._ids: dict[tuple[str, frozenset[str]], set[str]] = {}
        for one in people:
            name = f"{one.given_name} {one.family_name}"
            self._note(one.participant_id, one.birth_date, name)

    def _note(self, participant_id: str, born: str, name: str) -> None:
        if born:
            key = (born, name_words(name))
            self._ids.setdefault(key, set()).add(participant_id)

    def add(self, one: Candidate) -> None:
        """Take note of somebody who has just been registered."""
        name = f"{one.given_name.text} {one.family_name.text}"
        self._note(one.participant_id, one.birth_date.text, name)

    def others(
        self, participant_id: str, words: frozenset[str], born: str
    ) -> tuple[Namesake, ...]:
        """Return who else has a name of these words and was born that day.

        Of a whole list filled down with one person, only the first few.
        """
        same = self._ids.get((born, words), ())
        found = nsmallest(NAMESAKES_MAX, (one for one in same if one != participant_id))
        return tuple(map(Namesake, found))
