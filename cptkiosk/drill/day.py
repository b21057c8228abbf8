"""The unattended day: a whole session through the same desk, in seconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import ReconcileScratch
from cptkiosk.domain.commands.testing import EndSession, StartSession
from cptkiosk.domain.state.blockers import scratch_issued
from cptkiosk.domain.values import Actor, Role, plural
from cptkiosk.drill.checkin import check_in
from cptkiosk.drill.closing_phase import explain_drafts, key_scores, seal_and_bundle
from cptkiosk.drill.roles import Roles
from cptkiosk.drill.running_phase import RunningPhase
from cptkiosk.drill.sample_center import (
    CENTER_NAME,
    COORDINATOR,
    PIN,
    PROCTOR,
    ROUND_MS,
    make_center,
)
from cptkiosk.drill.scenes import ALARM_MINUTES
from cptkiosk.drill.simulated_proctor import (
    DrillFailed,
    HandClock,
    Say,
    SimulatedProctor,
)
from cptkiosk.drill.summary import tell_summary
from cptkiosk.drill.until import Until

RUNNING_MINUTES = 12
"""How far the clocks have run when the session is left running: nothing is due."""


@dataclass
class Day:
    """A staged day, and what its phases share."""

    hands: SimulatedProctor
    people: int
    folder: Path
    """Where the bundle goes."""

    rng: Random
    cast: Roles

    @cached_property
    def hour(self) -> RunningPhase:
        """The time from the start on; what is drawn for it is drawn at the start."""
        return RunningPhase(self.hands, self.cast, self.rng)


def play_day(  # each is a choice of who rehearses
    desk: Desk,
    clock: HandClock,
    *,
    seed: int,
    people: int,
    folder: Path,
    say: Say,
    until: Until = Until.SEALED,
    mark_ms: int = ROUND_MS,
) -> str:
    """Play a session from the plan to the bundle, one line a step; return its id.

    Args:
        desk: an empty one, which reads `clock`.
        clock: the clock to turn.
        seed: what makes this day differ from others.
        people: how many are on the roll.
        folder: where the bundle goes.
        say: takes the lines.
        until: the last phase that is played.
        mark_ms: of what the planned start is a multiple.

    Raises:
        Refused: if the rules did not allow a step of an ordinary day.
        KioskError: if something could not be written, or does not fit.
    """
    proctor, session_id = make_center(desk, seed, people, mark_ms)
    hands = SimulatedProctor(desk, clock, session_id, proctor, say)
    rng = Random(seed)
    day = Day(hands, people, folder, rng, Roles.choose_parts(hands.session, rng))
    for phase in Until:
        PHASES[phase](day)
        if phase is until:
            break
    return session_id


def _plan_day(day: Day) -> None:
    hands = day.hands
    hands.tell_sentence(
        f"{CENTER_NAME}: {COORDINATOR} coordinator, {PROCTOR} proctor, PIN {PIN};"
        f" {plural(day.people, 'person', 'people')} on the attendance list of {hands.session_id}",
        hands.desk.ledger.head().seq,
    )


def _check_in(day: Day) -> None:
    check_in(day.hands, day.cast, day.rng)


def _run_session(day: Day) -> None:
    _start_session(day.hands, day.cast)
    day.hour.run(RUNNING_MINUTES)


def _halt_session(day: Day) -> None:
    day.hour.run(ALARM_MINUTES)


def _end_session(day: Day) -> None:
    day.hour.run()
    end = EndSession(session_id=day.hands.session_id)
    day.hands.do(end, "session ended")


def _key_scores(day: Day) -> None:
    key_scores(day.hands, _second_pair_of_eyes(day.hands), day.rng)
    _count_paper(day.hands)
    explain_drafts(day.hands)


def _seal_session(day: Day) -> None:
    tell_summary(day.hands, day.people, seal_and_bundle(day.hands, day.folder))


PHASES: Mapping[Until, Callable[[Day], None]] = {
    Until.PLANNED: _plan_day,
    Until.CHECK_IN: _check_in,
    Until.RUNNING: _run_session,
    Until.HALTED: _halt_session,
    Until.ENDED: _end_session,
    Until.SCORED: _key_scores,
    Until.SEALED: _seal_session,
}


def _start_session(hands: SimulatedProctor, cast: Roles) -> None:
    """Start so that the clocks begin at the planned minute."""
    countdown_ms = hands.desk.definitions.policies.start_countdown_seconds * 1000
    early_ms = hands.session.starts_at_utc_ms - hands.desk.now().utc_ms - countdown_ms
    hands.pass_time(max(0, early_ms))
    hands.do(
        StartSession(session_id=hands.session_id),
        f"start: script read, {plural(len(cast.seated), 'clock')} starting in"
        f" {countdown_ms // 1000} seconds",
    )
    hands.pass_time(countdown_ms)
    hands.watches.start(cast.seated)
    if hands.timeline_ms != hands.session.start_line_ms:
        raise DrillFailed("The session did not start at the shared instant.")


def _second_pair_of_eyes(hands: SimulatedProctor) -> Actor:
    actor = hands.desk.pins.sign_in("s1", PIN)
    signed_in = hands.desk.ledger.head().seq
    hands.tell_sentence(f"{COORDINATOR} signs in for the second entry", signed_in)
    assert actor.role is Role.COORDINATOR, "the first of the staff coordinates"
    return actor


def _count_paper(hands: SimulatedProctor) -> None:
    issued = scratch_issued(hands.session)
    hands.do(
        ReconcileScratch(session_id=hands.session_id, returned=issued),
        f"scratch paper: {issued} handed out, {issued} returned",
    )
