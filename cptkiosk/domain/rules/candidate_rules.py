"""Rules of a candidate's own record: consent, conflicts, supplements, settled fees."""

from dataclasses import dataclass

from cptkiosk.domain.events import candidate as e
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.people.fees import Statement
from cptkiosk.domain.rules.checks import make_personal
from cptkiosk.domain.state.candidate import Candidate, Namesake
from cptkiosk.domain.time.calendar import years_later
from cptkiosk.domain.values import Actor, Refused

RELATIONS = ("instructor", "supervisor", "family", "sponsor", "subject-matter expert")
FORGETS = ("retention date", "own request", "authority's order")
"""Why a candidate is forgotten; free text might name them."""

HOW = ("paid", "waived", "invoiced")


@dataclass(frozen=True, kw_only=True)
class CandidateCommand:
    """A command about one candidate's own record."""

    participant_id: str


@dataclass(frozen=True, kw_only=True)
class RecordConsent(CandidateCommand):
    """Record that a parent or guardian consented."""

    given_by: str
    reason: str = ""
    """Why it comes after their check-in has opened."""


@dataclass(frozen=True, kw_only=True)
class DeclareConflict(CandidateCommand):
    """Declare a staff member's conflict of interest with the candidate."""

    staff_id: str
    relation: str


@dataclass(frozen=True, kw_only=True)
class WithdrawConflict(CandidateCommand):
    """Say that a declared link does not exist."""

    staff_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecideTwoPeople(CandidateCommand):
    """Say that another participant of this name and birth date is another person."""

    other: str
    """The other's participant ID."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderSupplement(CandidateCommand):
    """Order the supplement of a course."""

    course: str


@dataclass(frozen=True, kw_only=True)
class SettleFee(CandidateCommand):
    """Record that something due was paid, waived or invoiced."""

    item: str
    how: str
    reference: str
    amount_cents: int = 0
    """Nothing means all that is open of it."""


@dataclass(frozen=True, kw_only=True)
class ForgetPerson(CandidateCommand):
    """Take everything that names the person out of the record."""

    reason: str = "retention date"


@dataclass(frozen=True, slots=True)
class CandidateContext:
    """What these rules may know besides the candidate."""

    today: str
    """ISO date at the center."""

    policies: Policies
    last_date: str
    """ISO date of the last attempt, or an empty string."""

    at_the_door: bool
    """Whether the check-in of a session with this candidate has opened."""

    unsealed: tuple[str, ...]
    """Sessions with this candidate that are not closed."""

    actor: Actor
    staff_ids: frozenset[str]
    courses: frozenset[str]
    statement: Statement


def decide(
    candidate: Candidate, command: CandidateCommand, known: CandidateContext
) -> tuple[Fact, ...]:
    """Return what a command about a candidate makes happen.

    Raises:
        Refused: if no candidate has that ID, or the rules do not allow it.
    """
    about = candidate.participant_id
    if not about:
        raise Refused("no-such-candidate", participant_id=command.participant_id)
    match command:
        case RecordConsent():
            return _record_consent(command, known)
        case DeclareConflict():
            return _declare_conflict(candidate, command, known)
        case WithdrawConflict():
            return _withdraw_conflict(candidate, command, known)
        case DecideTwoPeople():
            return _two_people(candidate, command, known)
        case OrderSupplement():
            return _order_supplement(candidate, command, known)
        case ForgetPerson():
            return _forget_person(candidate, command, known)
        case SettleFee():
            return _settle_fee(candidate, command, known)
        case _:
            raise AssertionError(f"{type(command).__name__} has no rule")


def _record_consent(
    command: RecordConsent, known: CandidateContext
) -> tuple[Fact, ...]:
    about = command.participant_id
    if not command.given_by.strip():
        raise Refused("consent-giver-missing")
    reason = None
    if known.at_the_door:
        known.actor.must_be_coordinator("late-consent")
        if not command.reason.strip():
            raise Refused("late-consent-reason")
        reason = make_personal(command.reason, about)
    given_by = make_personal(command.given_by, about)
    return (e.ConsentRecorded(participant_id=about, given_by=given_by, reason=reason),)


def _declare_conflict(
    candidate: Candidate, command: DeclareConflict, known: CandidateContext
) -> tuple[Fact, ...]:
    if command.staff_id not in known.staff_ids:
        raise Refused("staff-unknown", staff_id=command.staff_id)
    if command.relation not in RELATIONS:
        raise Refused("relation-unknown", relation=command.relation, choices=RELATIONS)
    if candidate.conflicts.get(command.staff_id) == command.relation:
        return ()
    return (
        e.ConflictDeclared(
            participant_id=candidate.participant_id,
            staff_id=command.staff_id,
            relation=command.relation,
        ),
    )


def _two_people(
    candidate: Candidate, command: DecideTwoPeople, known: CandidateContext
) -> tuple[Fact, ...]:
    about = candidate.participant_id
    if Namesake(command.other) not in candidate.namesakes:
        raise Refused("not-namesakes", other=command.other, about=about)
    known.actor.must_be_coordinator("two-people")
    if not command.reason.strip():
        raise Refused("namesakes-reason")
    reason = make_personal(command.reason, about)
    return (
        e.TwoPeopleDecided(participant_id=about, other=command.other, reason=reason),
    )


def _withdraw_conflict(
    candidate: Candidate, command: WithdrawConflict, known: CandidateContext
) -> tuple[Fact, ...]:
    if not candidate.conflicts.get(command.staff_id):
        raise Refused("no-such-conflict")
    known.actor.must_be_coordinator("withdraw-conflict")
    if known.actor.staff_id == command.staff_id:
        raise Refused("own-conflict")
    if not command.reason.strip():
        raise Refused("withdrawal-reason")
    reason = make_personal(command.reason, candidate.participant_id)
    return (
        e.ConflictWithdrawn(
            participant_id=candidate.participant_id,
            staff_id=command.staff_id,
            reason=reason,
        ),
    )


def _order_supplement(
    candidate: Candidate, command: OrderSupplement, known: CandidateContext
) -> tuple[Fact, ...]:
    if command.course not in known.courses:
        raise Refused(
            "no-such-supplement", course=command.course, choices=sorted(known.courses)
        )
    if command.course in candidate.supplements:
        raise Refused("supplement-ordered", course=command.course)
    about = candidate.participant_id
    return (e.SupplementOrdered(participant_id=about, course=command.course),)


def _forget_person(
    candidate: Candidate, command: ForgetPerson, known: CandidateContext
) -> tuple[Fact, ...]:
    known.actor.must_be_coordinator("forget-person")
    if candidate.forgotten:
        return ()
    if known.unsealed:
        raise Refused("candidate-in-open-session", session_id=known.unsealed[0])
    keep_until = retention_ends(known)
    if command.reason not in FORGETS:
        raise Refused("forget-reason-unknown", reason=command.reason, choices=FORGETS)
    if keep_until > known.today and command.reason == FORGETS[0]:
        raise Refused("retention-not-over", keep_until=keep_until, choices=FORGETS[1:])
    return (
        e.PersonForgotten(
            participant_id=candidate.participant_id, reason=command.reason
        ),
    )


def retention_ends(known: CandidateContext) -> str:
    """Return the ISO date until which a person's names are kept; nothing if not."""
    if not known.last_date:
        return ""
    return years_later(known.last_date, known.policies.retention_years)


def _settle_fee(
    candidate: Candidate, command: SettleFee, known: CandidateContext
) -> tuple[Fact, ...]:
    if command.how not in HOW:
        raise Refused("fee-means-unknown", how=command.how, choices=HOW)
    if command.how == "waived":
        known.actor.must_be_coordinator("waive-fee")
    due = known.statement.find_due(command.item)
    if due is None:
        items = ", ".join(one.item for one in known.statement.lines)
        raise Refused("fee-not-due", item=command.item, items=items)
    amount = command.amount_cents or due.open_cents
    if not due.open_cents:
        raise Refused("fee-settled", item=due.item)
    if not 0 < amount <= due.open_cents:
        raise Refused("fee-amount", open_cents=due.open_cents, amount=amount)
    if not command.reference.strip():
        raise Refused("fee-reference")
    reference = make_personal(command.reference, candidate.participant_id)
    return (
        e.FeeSettled(
            participant_id=candidate.participant_id,
            item=command.item,
            amount_cents=amount,
            how=command.how,
            reference=reference,
        ),
    )
