"""Commands about a candidate's own record, forgetting included."""

from dataclasses import replace

from cptkiosk.desk.lookups import Lookups
from cptkiosk.desk.pipeline import Pipeline, UnitOfWork
from cptkiosk.desk.record import Record
from cptkiosk.domain.rules.candidate_rules import (
    CandidateCommand,
    DecideTwoPeople,
    ForgetPerson,
    decide,
)
from cptkiosk.domain.state.candidate import Namesake
from cptkiosk.domain.values import Actor
from cptkiosk.ledger import queries
from cptkiosk.ledger.streams import candidate_stream, session_stream


class CandidateCommands:
    """Asks the rules about one candidate."""

    def __init__(self, record: Record, pipeline: Pipeline, lookups: Lookups) -> None:
        self._record = record
        self._pipeline = pipeline
        self._lookups = lookups

    def carry_out(self, unit: UnitOfWork, command: CandidateCommand) -> None:
        """Append what a command makes happen.

        Raises:
            Refused: if the rules do not allow it.
        """
        about = command.participant_id
        unit.ask(
            candidate_stream(about),
            lambda candidate: decide(
                candidate, command, self._lookups.candidate_context(about, unit.actor)
            ),
        )

    def check(self, command: CandidateCommand, actor: Actor) -> None:
        """Ask the rules about a command, and write nothing.

        Raises:
            Refused: if the rules do not allow it.
        """
        about = command.participant_id
        context = self._lookups.candidate_context(about, actor)
        decide(self._record.candidate(about), command, context)

    def find_notice(self, command: CandidateCommand) -> CandidateCommand:
        """Return a decision about two IDs under the one that the notice stands with."""
        if not isinstance(command, DecideTwoPeople):
            return command
        one, other = command.participant_id, command.other
        there = Namesake(one) in self._record.candidate(other).namesakes
        if there and Namesake(other) not in self._record.candidate(one).namesakes:
            return replace(command, participant_id=other, other=one)
        return command

    def forget(self, command: ForgetPerson, actor: Actor) -> int:
        """Forget a person; return how many texts were taken out.

        Asked for again, it only writes the files again, in case that failed before.

        Text about a whole session, such as a group entry or the reason of a halt, may
        name them too and goes with it.

        Raises:
            Refused: if the rules do not allow it; nothing is written.
            StorageError: if it could not be written, or traces stay in the file.
        """
        gone = 0

        def work(unit: UnitOfWork) -> None:
            nonlocal gone
            gone = self._forget(unit, command)

        self._pipeline.perform(actor, work)
        self._record.ledger.wipe_deleted()
        return gone

    def _forget(self, unit: UnitOfWork, command: ForgetPerson) -> int:
        about, transaction = command.participant_id, unit.transaction
        person = candidate_stream(about)
        before = unit.state(person)
        context = self._lookups.candidate_context(about, unit.actor)
        unit.append(person, decide(before, command, context))
        history = queries.past_attempts(self._record.ledger, about)
        # Many share a given name; a family name or the ID says who is meant.
        name = before.family_name.text or before.given_name.text
        gone = transaction.forget_stream(person.name, person.name)
        sessions = [session_stream(one.session_id) for one in history]
        streams = {one.name: one for one in sessions}
        for session in streams.values():
            gone += transaction.forget_stream(session.name, person.name, session.name)
        attempts = [one.attempt_id for one in history]
        transaction.forget_drafts(about, attempts, "" if before.forgotten else name)
        unit.project_again(person)
        for session in streams.values():
            unit.project_again(session)
        return gone
