"""What is known to keep someone out: findings of the desk, and the time."""

from collections.abc import Mapping

from cptkiosk.domain.commands.base import STAND_IN, SessionCommand
from cptkiosk.domain.commands.checkin import ArriveLate, DenyAttempt
from cptkiosk.domain.commands.testing import StartLate
from cptkiosk.domain.people.eligibility_findings import Finding, unanswered_findings
from cptkiosk.domain.rules.checkin import needs_own_look
from cptkiosk.domain.state.attempt import (
    IN_PERSON,
    NOT_HERE,
    WAITING,
    Attempt,
    AttemptProgress,
    Gate,
)
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Reason, Refused
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.screens.check_in.gates import Findings
from cptkiosk.ui.session_clock_text import begins_in_ms
from cptkiosk.words import explain_why


def deny_command(screen: SessionPort, attempt: Attempt) -> DenyAttempt:
    """Return the least that the key for a denial asks for."""
    return DenyAttempt(
        **screen.about(attempt), reason=STAND_IN, coordinator_called=True
    )


class Obstacles:
    """What keeps people of a session from being admitted, as far as it is known here.

    The findings about one person are kept: those about who was looked up last.
    """

    def __init__(self, screen: SessionPort) -> None:
        self._screen = screen
        self._found: tuple[str, Findings] = ("", ())

    async def look_up(self, attempt: Attempt) -> bool:
        """Let the desk read what speaks against someone; tell whether it could."""
        desk, session_id = self._screen.kiosk.desk, self._screen.session_id
        found = await self._screen.kiosk.worker.quietly(
            lambda: desk.preview.against(session_id, attempt)
        )
        if found is not None:
            self._found = (attempt.attempt_id, found)
        return found is not None

    def findings(self, attempt: Attempt | None) -> Findings | None:
        """Return what the desk found about someone; `None` if it is not known."""
        about, found = self._found
        return found if attempt is not None and attempt.attempt_id == about else None

    def find_unanswered(self, attempt: Attempt) -> Finding | None:
        """Return the first finding that no one has overruled."""
        found = self.findings(attempt) or ()
        return next(iter(unanswered_findings(found, attempt.overrules)), None)

    def gates(self, attempt: Attempt) -> Mapping[Gate, Reason | str]:
        """Return the open gates with a known problem, each with what it is."""
        return needs_own_look(attempt, self.findings(attempt) or ())

    def free_gates(self, attempt: Attempt) -> tuple[str, ...]:
        """Return the open gates that one key may pass together."""
        minded = self.gates(attempt)
        return tuple(
            gate
            for gate in attempt.open_gates
            if gate not in IN_PERSON and gate not in minded
        )

    def reason(self, attempt: Attempt) -> str:
        """Return why someone may not begin, if known, or an empty string."""
        if (finding := self.find_unanswered(attempt)) is not None:
            return explain_why(finding.reason).rstrip(".")
        refusal = self._start_refusal(attempt)
        if refusal is not None and attempt.standing not in NOT_HERE:
            return explain_why(refusal).rstrip(".")
        return ""

    def too_late(self, attempt: Attempt) -> bool:
        """Whether no one may let this person begin any more: denied, or absent."""
        if self._start_refusal(attempt) is None:
            return False
        return not self._screen.why_refused(deny_command(self._screen, attempt))

    def _start_refusal(self, attempt: Attempt) -> Refused | None:
        """Return the refusal that keeps someone from a session that runs, or `None`."""
        screen, session = self._screen, self._screen.session
        begins = begins_in_ms(session, screen.line_ms)
        if session.stage is not Stage.RUNNING or begins:
            return None
        command: SessionCommand = ArriveLate(**screen.about(attempt))
        if attempt.standing is AttemptProgress.SEATED:
            command = StartLate(**screen.about(attempt), beyond_window=STAND_IN)
        elif attempt.standing not in WAITING or attempt.late:
            return None
        return screen.kiosk.desk.preview.refusal(command, screen.actor, approvable=True)
