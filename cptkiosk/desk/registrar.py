"""The people to be assessed, as rosters name them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from heapq import nsmallest
from typing import Final

from cptkiosk.desk.pipeline import Events, Pipeline, UnitOfWork, with_approval
from cptkiosk.desk.record import Record
from cptkiosk.domain.state import candidate as candidates
from cptkiosk.domain.state.candidate import Candidate, Door, Namesake, RegisterPerson
from cptkiosk.domain.text import may_be_one_name, name_words
from cptkiosk.domain.values import Actor, Refused
from cptkiosk.host.work_progress import ProgressCallback, ignore_progress
from cptkiosk.ledger import queries
from cptkiosk.ledger.streams import candidate_stream

NAMESAKES_MAX: Final = 5
"""So many of one name and birth date are asked about; more are a list gone wrong."""


class Registrar:
    """Registers people for what they are to be assessed in."""

    def __init__(self, record: Record, pipeline: Pipeline) -> None:
        self._record = record
        self._pipeline = pipeline

    def register(
        self,
        people: Sequence[RegisterPerson],
        actor: Actor,
        *,
        dry_run: bool = False,
        signed_in: Actor | None = None,
        told: ProgressCallback = ignore_progress,
    ) -> tuple[Events | Refused, ...]:
        """Bring the record up to date with a roster, all in one transaction.

        Args:
            people: what the rows say.
            actor: who does it, or the coordinator who approved what was decided.
            dry_run: only find out what would happen.
            signed_in: who does it, where the actor approved what was decided and
                nothing else.
            told: is told each row; what it raises takes all of it back.

        Returns:
            For each row what it made happen, or why it was refused.
        """
        outcomes: list[Events | Refused] = []

        def work(unit: UnitOfWork) -> None:
            outcomes.clear()
            ledger = self._record.ledger
            door = Door(queries.open_modules(ledger), actor, signed_in)
            same_names = _SameNames(queries.list_people(ledger))
            for done, command in enumerate(people):
                told(done, len(people))
                try:
                    outcomes.append(self._register(unit, command, door, same_names))
                except Refused as refusal:
                    outcomes.append(refusal)
            if dry_run:
                raise _DryRun

        with suppress(_DryRun):
            self._pipeline.perform(actor, work)
        return tuple(outcomes)

    def _register(
        self,
        unit: UnitOfWork,
        command: RegisterPerson,
        door: Door,
        same_names: "_SameNames",
    ) -> Events:
        about = command.participant_id
        stream = candidate_stream(about)
        before = unit.state(stream)
        code = command.registration.user_code if command.registration else ""
        holder = queries.code_holder(self._record.ledger, code, about) if code else ""
        if holder:
            raise Refused("code-of-another", code=code, holder=holder)
        door = replace(door, namesakes=self._namesakes(command, before, same_names))
        events = candidates.decide(before, command, door)
        if door.actor is not None and (command.doubt or command.two_people):
            events = with_approval(events, door.actor)
        entries = unit.append(stream, events)
        same_names.add(unit.state(stream))
        return tuple(entry.event for entry in entries)

    def _namesakes(
        self, command: RegisterPerson, before: Candidate, same_names: "_SameNames"
    ) -> tuple[Namesake, ...]:
        """Return who has the name that a person is registered with."""
        words = name_words(f"{command.given_name} {command.family_name}")
        staff = (
            Namesake(member.staff_id, of_staff=True)
            for member in self._record.center.staff.values()
            if may_be_one_name(words, name_words(member.name.text))
        )
        born = command.birth_date or before.birth_date.text
        return (*staff, *same_names.others(command.participant_id, words, born))


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
        """Take note of a person who was just registered."""
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
