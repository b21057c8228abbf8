"""What a candidate owes and what was settled, in whole US cents; never card data.

Registration is due one time, an assessment each time it is taken, and a course
supplement if ordered (MSSC CPT program sheet). An attempt that continues another is
the same assessment.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cptkiosk.domain.modules import Fees, Module
from cptkiosk.domain.people.eligibility_case import PastAttempt
from cptkiosk.domain.state.attempt import ENDED_EARLY, AttemptProgress
from cptkiosk.domain.state.candidate import Candidate

REGISTRATION = "registration"
NOT_TAKEN = frozenset({AttemptProgress.CANCELLED, AttemptProgress.DENIED})


def format_dollars(cents: int) -> str:
    """Return an amount as '$22.00'."""
    sign, cents = "-" * (cents < 0), abs(cents)
    return f"{sign}${cents // 100}.{cents % 100:02}"


@dataclass(frozen=True, slots=True)
class Due:
    """One fee, and how much of it was settled."""

    item: str
    """Its name in settlements: registration, safety-1, supplement-5929."""

    text: str
    due_cents: int
    courses: tuple[str, ...] = ()
    session_id: str = ""
    settled_cents: int = 0
    settled: tuple[str, ...] = ()
    """How each part was settled: 'paid R-1042'."""

    @property
    def open_cents(self) -> int:
        """The amount still to be settled."""
        return self.due_cents - self.settled_cents


@dataclass(frozen=True, slots=True)
class Statement:
    """All fees of one candidate, or of the attempts in one session."""

    lines: tuple[Due, ...]

    @property
    def due_cents(self) -> int:
        """The total due."""
        return sum(one.due_cents for one in self.lines)

    @property
    def settled_cents(self) -> int:
        """The total paid, waived or invoiced."""
        return sum(one.settled_cents for one in self.lines)

    @property
    def open_cents(self) -> int:
        """The total still open."""
        return self.due_cents - self.settled_cents

    def find_due(self, item: str) -> Due | None:
        """Return the fee with that name, or `None`."""
        return next((one for one in self.lines if one.item == item), None)

    def of_course(self, course: str) -> "Statement":
        """Return only the fees of an aligned course."""
        return Statement(tuple(one for one in self.lines if course in one.courses))

    def of_module(self, module_id: str) -> "Statement":
        """Return only the assessment fees of one module."""
        lines = (one for one in self.lines if one.item.rpartition("-")[0] == module_id)
        return Statement(tuple(lines))

    def of_session(self, session_id: str) -> "Statement":
        """Return only the fees of one session."""
        lines = (one for one in self.lines if one.session_id == session_id)
        return Statement(tuple(lines))


def settled_modules(owed: Statement, modules: Iterable[Module]) -> frozenset[str]:
    """Return the IDs of modules whose assessment fees are all settled."""
    return frozenset(
        one.id
        for one in modules
        if (lines := owed.of_module(one.id).lines)
        and not any(line.open_cents for line in lines)
    )


def retakes_unpaid(owed: Statement) -> frozenset[tuple[str, str]]:
    """Return module and session IDs of each retake with an unsettled fee."""
    found = set()
    for line in owed.lines:
        module_id, _, number = line.item.rpartition("-")
        if line.session_id and number != "1" and line.open_cents:
            found.add((module_id, line.session_id))
    return frozenset(found)


def name_courses(modules: Iterable[Module]) -> dict[str, str]:
    """Return what to call each course: its number, and the modules it prepares for."""
    names: dict[str, list[str]] = {}
    for module in modules:
        for course in module.courses:
            names.setdefault(course, []).append(module.short)
    return {
        course: f"{course} ({', '.join(short)})"
        for course, short in sorted(names.items())
    }


def compute_statement(
    candidate: Candidate,
    taken: Iterable[PastAttempt],
    modules: Iterable[Module],
    fees: Fees,
    *,
    no_show_pays: bool = False,
) -> Statement:
    """Add up what a candidate owes for registration, assessments and supplements.

    Args:
        candidate: with their registrations, supplements and settlements.
        taken: their attempts, oldest first.
        modules: the program, in its order.
        fees: what is charged.
        no_show_pays: whether an absent candidate still owes the assessment fee.
    """
    if not candidate.registrations:
        return Statement(())
    not_due = NOT_TAKEN if no_show_pays else NOT_TAKEN | {AttemptProgress.ABSENT}
    counted: dict[str, list[PastAttempt]] = {}
    for one in taken:
        # A candidate sent home before the clock began has not taken it either.
        begun = one.standing not in ENDED_EARLY or one.start_utc_ms is not None
        if one.standing not in not_due and begun and not one.continues:
            counted.setdefault(one.module_id, []).append(one)
    lines = [Due(REGISTRATION, "Registration (one time)", fees.registration_cents)]
    for module in modules:
        times = counted.get(module.id, [])
        if module.id in candidate.registrations or times:
            lines += _assessment_dues(module, times, fees)
    names = name_courses(modules)
    lines += [
        Due(
            f"supplement-{course}", f"Supplement for course {names.get(course, course)}",
            fees.supplement_cents, (course,),
        )
        for course in candidate.supplements
    ]  # fmt: skip
    return Statement(tuple(_apply_settlement(candidate, one) for one in lines))


def _assessment_dues(module: Module, times: list[PastAttempt], fees: Fees) -> list[Due]:
    return [
        Due(
            item=f"{module.id}-{number}",
            text=module.name if number == 1 else f"{module.name}, retake {number - 1}",
            due_cents=fees.assessment_cents,
            courses=module.courses,
            session_id=times[number - 1].session_id if number <= len(times) else "",
        )
        for number in range(1, max(1, len(times)) + 1)
    ]


def _apply_settlement(candidate: Candidate, due: Due) -> Due:
    module_id, _, number = due.item.rpartition("-")
    registration = candidate.registrations.get(module_id)
    parts = [
        (one.amount_cents, f"{one.how} {one.reference}".strip())
        for one in candidate.settlements
        if one.item == due.item
    ]
    if registration is not None and registration.paid and number == "1" and not parts:
        parts = [(due.due_cents, "paid (roster)")]
    return Due(
        due.item, due.text, due.due_cents, due.courses, due.session_id,
        settled_cents=sum(cents for cents, _ in parts),
        settled=tuple(how for _, how in parts),
    )  # fmt: skip
