"""Taking a person's names out of the record, while results and chain stay."""

from cptkiosk.desk.people import PeopleDesk
from cptkiosk.domain import candidate_changes, candidate_rules, session_changes
from cptkiosk.domain.candidate_events import PersonForgotten
from cptkiosk.domain.candidate_rules import ForgetPerson
from cptkiosk.domain.events import Entry
from cptkiosk.domain.values import Actor
from cptkiosk.ledger import projections, queries
from cptkiosk.ledger.ledger import Transaction


class ForgettingDesk(PeopleDesk):
    """The one command that takes text away."""

    def forget(self, command: ForgetPerson, actor: Actor) -> int:
        """Forget a person; return how many texts were taken out.

        Asked for again, it only writes the files anew, in case that failed before.

        What is told of a whole session, such as a group entry or the reason of a halt,
        may name them too and goes with it.

        Raises:
            Refused: if the rules do not allow it; nothing is written.
            StorageError: if it could not be written, or traces stay in the file.
        """
        about = command.participant_id
        gone = 0

        def write(transaction: Transaction) -> tuple[Entry, ...]:
            nonlocal gone
            before = self.candidate(about)
            events = candidate_rules.decide(before, command, self._known(about, actor))
            entries = transaction.append(
                f"candidate/{about}", before.version, events, self.now()
            )
            theirs = tuple(
                dict.fromkeys(
                    one.session_id for one in queries.history(self.ledger, about)
                )
            )
            # Many share a given name; a family name or the ID says who is meant.
            name = before.family_name.text or before.given_name.text
            attempts = [one.attempt_id for one in queries.history(self.ledger, about)]
            person = f"candidate/{about}"
            gone = transaction.forget(person, person)
            for session_id in theirs:
                session = f"session/{session_id}"
                gone += transaction.forget(session, person, session)
            transaction.forget_drafts(about, attempts, "" if before.forgotten else name)
            self._project_again(transaction, about, theirs)
            return entries

        self._keep(self._written(actor, write))
        self.ledger.wipe()
        return gone

    def _project_again(
        self, transaction: Transaction, participant_id: str, theirs: tuple[str, ...]
    ) -> None:
        candidate = candidate_changes.replay(
            self.ledger.read(f"candidate/{participant_id}")
        )
        transaction.project(projections.candidate_rows(candidate))
        for session_id in theirs:
            session = session_changes.replay(self.ledger.read(f"session/{session_id}"))
            transaction.project(projections.session_rows(session))

    def _take_in(self, entry: Entry) -> None:
        super()._take_in(entry)
        if isinstance(entry.event, PersonForgotten):
            # What is in memory still has the names.
            for session_id in tuple(self.sessions):
                stream = self.ledger.read(f"session/{session_id}")
                self._know(session_id, session_changes.replay(stream))
