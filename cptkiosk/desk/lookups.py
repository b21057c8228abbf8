"""What the rules may know besides the state that they judge, looked up in the record."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from cptkiosk.desk.memo import Memo
from cptkiosk.desk.record import Record
from cptkiosk.domain.people import fees
from cptkiosk.domain.people.eligibility_case import CandidateHistory, PastAttempt
from cptkiosk.domain.people.fees import Statement
from cptkiosk.domain.rules.candidate_rules import CandidateContext
from cptkiosk.domain.rules.rule import Context
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.candidate import Registration
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import Actor
from cptkiosk.ledger import queries
from cptkiosk.words import explain_brief


class Lookups:
    """Reads what lies in several streams; what costs most is remembered."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._links = Memo[str, Mapping[str, str]]()
        self._registered = Memo[str, Mapping[str, Registration]]()
        self._histories = Memo[tuple[str, str], CandidateHistory]()

    def session_context(self, actor: Actor, session_id: str) -> Context:
        """Return everything the rules may know of a session besides it."""
        record = self._record
        return Context(
            now=record.now(),
            actor=actor,
            definitions=record.definitions,
            brief=explain_brief,
            local=record.local,
            history_of=lambda who: self._histories.recall(
                record.version, (who, session_id), self.read_history
            ),
            was_coordinator=record.center.was_coordinator,
            linked_to=self.linked_to,
            registered_as=lambda who, what: record.candidate(who).registrations.get(
                what
            ),
            terminal=record.ledger.terminal,
            trained_on=self._trained_on,
            booked=lambda: queries.list_bookings(record.ledger),
        )

    def candidate_context(self, participant_id: str, actor: Actor) -> CandidateContext:
        """Return everything the rules may know of a candidate besides their record."""
        record = self._record
        dates = [
            record.local_date(one.start_utc_ms or one.planned_utc_ms)
            for one in queries.past_attempts(record.ledger, participant_id)
        ]
        modules = record.definitions.modules
        return CandidateContext(
            actor=actor,
            today=record.today(),
            policies=record.definitions.policies,
            last_date=max(dates, default=""),
            at_the_door=queries.at_the_door(record.ledger, participant_id),
            unsealed=queries.open_sessions_of(record.ledger, participant_id),
            staff_ids=frozenset(record.center.staff),
            courses=frozenset(course for one in modules for course in one.courses),
            statement=self.statement(participant_id),
        )

    def statement(self, participant_id: str) -> Statement:
        """Return what a candidate owes, and what was settled of it."""
        definitions = self._record.definitions
        return fees.compute_statement(
            self._record.candidate(participant_id),
            queries.past_attempts(self._record.ledger, participant_id),
            definitions.modules,
            definitions.fees,
            no_show_pays=definitions.policies.no_show_pays,
        )

    def linked_to(self, staff_id: str) -> Mapping[str, str]:
        """Return the participants a member of staff is linked with, and how."""
        record = self._record
        return self._links.recall(
            record.candidates_seq, staff_id, partial(queries.linked_to, record.ledger)
        )

    def registered_for(
        self, participant_id: str, module_id: str
    ) -> Registration | None:
        """Return a candidate's registration for one module."""
        record = self._record
        registered = self._registered.recall(
            record.candidates_seq,
            participant_id,
            lambda about: record.candidate(about).registrations,
        )
        return registered.get(module_id)

    def read_history(self, about: tuple[str, str]) -> CandidateHistory:
        """Return what the record knows of a participant in sessions but the given one.

        Args:
            about: participant and session IDs.
        """
        participant_id, session_id = about
        found = queries.candidate_history(
            self._record.ledger, participant_id, session_id
        )
        owed = self.statement(participant_id)
        return replace(
            found,
            settled=fees.settled_modules(owed, self._record.definitions.modules),
            retakes_unpaid=fees.retakes_unpaid(owed),
            taken=tuple(map(self._complete_attempt, found.taken)),
        )

    def _complete_attempt(self, one: PastAttempt) -> PastAttempt:
        """Return an attempt with what follows from its session, or is planned for it."""
        if one.standing is AttemptProgress.INTERRUPTED:
            session = self._record.session(one.session_id)
            one = replace(one, unconfirmed=session.unconfirmed_bridge is not None)
        modules = self._record.definitions.modules
        minutes = {each.id: each.minutes for each in modules}
        if not one.untimed or one.module_id not in minutes:
            return one
        planned = timing.planned_ms(minutes[one.module_id], timing.UNTIMED)
        return replace(one, allowed_ms=planned)

    def _trained_on(self, staff_id: str) -> str | None:
        member = self._record.center.staff.get(staff_id)
        return member.trained_on if member is not None else None

    def next_session_id(self, starts_at_utc_ms: int) -> str:
        """Return the first free ID of a day at the center: date and number."""
        date = self._record.local_date(starts_at_utc_ms)
        taken = {line.session_id for line in queries.list_sessions(self._record.ledger)}
        return next(
            name
            for n in range(1, len(taken) + 2)
            if (name := f"{date}-{n}") not in taken
        )
