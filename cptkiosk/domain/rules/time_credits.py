"""Rules of time that is given back, and of what the vendor's clock shows."""

from dataclasses import dataclass, replace

from cptkiosk.domain.commands.testing import GiveCredit, NoteVendorClock
from cptkiosk.domain.events.testing import CreditGiven, VendorClockNoted
from cptkiosk.domain.rules import drafts
from cptkiosk.domain.rules.checks import is_live, live_attempt, reason_given
from cptkiosk.domain.rules.halts import asked_line_ms
from cptkiosk.domain.rules.rule import UNDER_WAY, Context, Events, rule
from cptkiosk.domain.rules.testing_window import coordinator_beyond_window
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.overtaken import Overtaken, who_did
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import MINUTE_MS, Personal, Reason, Refused


@dataclass(frozen=True, slots=True)
class Owed:
    """Time that was approved for a candidate after their clock had begun."""

    attempt_id: str
    person: str
    approved_permille: int
    """Thousandths of the standard time, 0 is untimed."""

    more_ms: int
    """The credit that would give it."""

    @property
    def reason(self) -> Reason:
        """What was approved, and the credit that the clock still needs."""
        if self.approved_permille == timing.UNTIMED:
            return Reason("owed-untimed", person=self.person)
        times = self.approved_permille / 1000
        return Reason(
            "owed-time", person=self.person, times=times, more_ms=self.more_ms
        )


def _has_clock(session: Session, command: NoteVendorClock, context: Context) -> bool:
    untimed = session.attempts[command.attempt_id].is_untimed
    return not untimed and is_live(session, command, context)


def _give_credit(session: Session, command: GiveCredit, context: Context) -> Events:
    attempt = live_attempt(session, command, context)
    left_ms = session.left_ms(attempt, session.timeline_ms(context.now))
    if command.credit_ms == 0:
        raise Refused("credit-zero")
    if left_ms + command.credit_ms < 0 and command.credit_ms < 0:
        raise Refused("credit-too-much", person=session.label(attempt), left_ms=left_ms)
    total_ms = attempt.credit_ms + command.credit_ms
    limit = context.policies.credit_coordinator_minutes
    if left_ms <= 0:
        context.actor.must_be_coordinator("credit-after-time")
    elif max(map(abs, (command.credit_ms, total_ms))) > limit * MINUTE_MS:
        context.actor.must_be_coordinator("credit-large", minutes=limit)
    reason = reason_given(command.reason, attempt.participant_id)
    given = replace(attempt, credit_ms=total_ms)
    why = coordinator_beyond_window(session, given, command.beyond_window, context)
    _as_seen(attempt, command, context)
    return (
        CreditGiven(
            attempt_id=attempt.attempt_id,
            credit_ms=command.credit_ms,
            reason=reason,
            beyond_window=why,
        ),
    )


def _as_seen(attempt: Attempt, command: GiveCredit, context: Context) -> None:
    """Check that no other terminal gave time meanwhile, so that no credit is doubled.

    Raises:
        Overtaken: if one did.
    """
    seen_ms = command.seen_credit_ms
    if seen_ms is None or seen_ms == attempt.credit_ms:
        return
    given_ms = attempt.credit_ms - seen_ms
    raise Overtaken(
        "credit-given-meanwhile" if given_ms > 0 else "credit-taken-meanwhile",
        replace(command, seen_credit_ms=attempt.credit_ms),
        remedy="give-more" if command.credit_ms > 0 else "take-off-more",
        who=who_did(attempt, context.terminal),
        given_ms=abs(given_ms),
        asked_ms=abs(command.credit_ms),
    )


def _vendor_clock(
    session: Session, command: NoteVendorClock, context: Context
) -> Events:
    attempt = live_attempt(session, command, context)
    if attempt.is_untimed:
        raise Refused("untimed-clock", person=session.label(attempt))
    if not 0 <= command.vendor_left_ms <= timing.UNTIMED_MS:
        raise Refused("not-a-remaining-time")
    asked_ms = asked_line_ms(command, session.timeline_ms(context.now))
    left_ms = session.left_ms(attempt, max(asked_ms, attempt.start_line_ms or 0))
    drift_ms = command.vendor_left_ms - left_ms
    noted = VendorClockNoted(
        attempt_id=attempt.attempt_id,
        vendor_left_ms=command.vendor_left_ms,
        drift_ms=drift_ms,
        shown=Personal(
            timing.clock_text(command.vendor_left_ms), attempt.participant_id
        ),
    )
    return (noted, *drafts.vendor_differs(session, attempt, drift_ms, context))


RULES = (
    rule(GiveCredit, _give_credit, *UNDER_WAY, when=is_live),
    rule(NoteVendorClock, _vendor_clock, *UNDER_WAY, when=_has_clock),
)
