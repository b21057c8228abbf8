"""Facts about one candidate (stream `candidate/<participant id>`)."""

from dataclasses import dataclass

from cptkiosk.domain.events.fact import Fact, fact
from cptkiosk.domain.values import Personal


@dataclass(frozen=True, kw_only=True)
class PersonFact(Fact):
    """Base of the facts that say who a candidate is."""

    participant_id: str
    family_name: Personal
    given_name: Personal
    birth_date: Personal


@fact("person-registered.v1")
class PersonRegistered(PersonFact):
    """A candidate was registered."""


@fact("person-changed.v1")
class PersonChanged(PersonFact):
    """The roster or a coordinator corrected the name or birth date."""


@fact("namesake-noticed.v1")
class NamesakeNoticed(Fact):
    """Another participant has the same name and birth date: two people, or one?"""

    participant_id: str
    other: str
    """The other's ID."""


@fact("two-people-decided.v1")
class TwoPeopleDecided(Fact):
    """The coordinator decided that two candidates of the same name are two people."""

    participant_id: str
    other: str
    """The other's ID: of a participant, or of the staff."""

    reason: Personal
    of_staff: bool = False


@fact("row-accepted.v1")
class RowAccepted(Fact):
    """The coordinator registered a candidate despite a doubt."""

    participant_id: str
    doubt: str
    """other-person: the ID was another person's; not-coming: the roster says so;
    zeros-cut: the ID is another person's but for leading zeros."""

    reason: Personal


@dataclass(frozen=True, kw_only=True)
class RegistrationFact(Fact):
    """Base of the facts that say what a candidate is registered for."""

    participant_id: str
    module_id: str
    user_code: str = ""
    factor_permille: int = 1000
    paid: bool | None = None
    stop_clock: bool | None = None
    code_expires: str = ""
    granted: Personal | None = None
    """Why more time or stop-clock breaks were given after a check-in had opened."""


@fact("module-registered.v1")
class ModuleRegistered(RegistrationFact):
    """The candidate was registered for a module."""


@fact("registration-changed.v1")
class RegistrationChanged(RegistrationFact):
    """User code, extra time or payment of a registration changed."""


@fact("consent-recorded.v1")
class ConsentRecorded(Fact):
    """A parent or guardian consented to the assessment of a minor."""

    participant_id: str
    given_by: Personal
    reason: Personal | None = None
    """Why it came after their check-in had opened."""


@fact("conflict-declared.v1")
class ConflictDeclared(Fact):
    """A staff member has a conflict of interest with the candidate."""

    participant_id: str
    staff_id: str
    relation: str


@fact("conflict-withdrawn.v1")
class ConflictWithdrawn(Fact):
    """A declared conflict no longer exists, or never did."""

    participant_id: str
    staff_id: str
    reason: Personal


@fact("supplement-ordered.v1")
class SupplementOrdered(Fact):
    """The candidate ordered the supplement of a course."""

    participant_id: str
    course: str


@fact("person-forgotten.v1")
class PersonForgotten(Fact):
    """Everything that names the person was removed from the record; results stay."""

    participant_id: str
    reason: str


@fact("fee-settled.v1")
class FeeSettled(Fact):
    """A fee was paid, waived or invoiced; never card data."""

    participant_id: str
    item: str
    amount_cents: int
    how: str
    reference: Personal
