"""What a rehearsed day came to, checked once more against the record."""

from cptkiosk.desk import Desk
from cptkiosk.domain.people.credentials import Passed, sum_passes
from cptkiosk.domain.state.attempt import OUTCOMES, Attempt, AttemptProgress
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time.timing import span_text
from cptkiosk.domain.values import plural
from cptkiosk.drill.closing_phase import Bundle
from cptkiosk.drill.simulated_proctor import DrillFailed, SimulatedProctor
from cptkiosk.ledger.maintenance.verify import verify_ledger

LABEL_WIDTH = 16


def tell_summary(hands: SimulatedProctor, people: int, bundle: Bundle) -> None:
    """Say how the day went.

    Raises:
        VerificationError: if the ledger does not verify, or someone has no outcome.
    """
    session = hands.session
    _check_day(session, people)
    verified = verify_ledger(hands.desk.ledger)
    credited = [one for one in session.attempts.values() if one.credit_ms]
    credit_ms = sum(one.credit_ms for one in credited)
    codes = ", ".join(one.event.code for one in session.irregularities)
    given = f"{len(credited)} ({span_text(credit_ms)})" if credited else "none"
    lines = [
        ("People", _people_text(session)),
        ("Irregularities", f"{len(session.irregularities)} ({codes})"),
        ("Credits", given),
        *_module_results(hands.desk, session),
        ("Certificates", _certificates_text(hands.desk, session)),
        ("Entries", f"{verified.entries}, {verified.signed_heads} signed"),
        ("Head", verified.head),
        ("Verified", "chain, commitments, signatures, and tables match"),
        ("Bundle", bundle.path.name),
        ("SHA-256", bundle.sha256),
    ]
    hands.say("")
    for label, text in lines:
        hands.say(f"{label:<{LABEL_WIDTH}}{text}")


def _check_day(session: Session, people: int) -> None:
    """See that the day left nothing open.

    Raises:
        DrillFailed: naming the first thing that is.
    """
    if session.stage is not Stage.SEALED or not session.bundles:
        raise DrillFailed(f"The session is {session.stage} and not bundled.")
    if len(session.attempts) != people:
        raise DrillFailed(
            f"{len(session.attempts)} of {people} are on the attendance list."
        )
    for one in session.attempts.values():
        if one.standing not in OUTCOMES:
            raise DrillFailed(f"{one.person} has no outcome: {one.standing}.")
        started = one.start_line_ms is not None
        if started and one.score.state is not ScoreState.VERIFIED:
            raise DrillFailed(f"{one.person} has no verified score.")


def _people_text(session: Session) -> str:
    roll = session.attempts.values()
    seated = sum(one.start_line_ms is not None for one in roll)
    absent = sum(one.standing is AttemptProgress.ABSENT for one in roll)
    late = sum(one.late and one.start_line_ms is not None for one in roll)
    return f"{len(roll)}: {seated} seated, {absent} absent, {late} late"


def _module_results(desk: Desk, session: Session) -> list[tuple[str, str]]:
    """Return passed and failed of each module."""
    lines = []
    for module_id in session.module_ids:
        verdicts = [
            one.verdict.passed
            for one in session.attempts.values()
            if one.module.module_id == module_id and one.verdict is not None
        ]
        passed = sum(verdicts)
        text = f"{passed} passed, {len(verdicts) - passed} did not pass"
        lines.append((desk.definitions.module(module_id).short, text))
    return lines


def _certificates_text(desk: Desk, session: Session) -> str:
    """Return how many certificates the day earned, and full ones."""
    earned: dict[str, list[Attempt]] = {}
    for one in session.attempts.values():
        if one.counts:
            earned.setdefault(one.participant_id, []).append(one)
    standings = [
        sum_passes(
            [
                Passed(one.module.module_id, desk.local_date(one.score.verified_utc_ms))
                for one in attempts
            ],
            desk.definitions.modules,
        )
        for attempts in earned.values()
    ]
    certificates = sum(len(standing.certificates) for standing in standings)
    full = sum(bool(standing.eligible_on) for standing in standings)
    return f"{plural(certificates, 'module certificate')}, {full} eligible for full CPT"
