"""The unattended day: a whole session through the same desk, in seconds."""

from pathlib import Path
from random import Random

from cptkiosk.desk import Desk
from cptkiosk.domain import commands as c
from cptkiosk.domain.blockers import scratch_issued
from cptkiosk.domain.values import Actor, Role, plural
from cptkiosk.drill.cast import Cast
from cptkiosk.drill.checkin import check_in
from cptkiosk.drill.hand import DrillFailed, HandClock, Hands, Say
from cptkiosk.drill.hour import run_clock
from cptkiosk.drill.papers import key_scores, seal_and_bundle
from cptkiosk.drill.stage import CENTER_NAME, COORDINATOR, PIN, PROCTOR, make_center
from cptkiosk.drill.summary import tell_summary


def play_day(  # each is a choice of whoever rehearses
    desk: Desk, clock: HandClock, *, seed: int, people: int, folder: Path, say: Say
) -> None:
    """Play a session from the plan to the bundle, one line a step.

    Args:
        desk: an empty one, which reads `clock`.
        clock: the clock to turn.
        seed: what makes this day differ from others.
        people: how many are on the roll.
        folder: where the bundle goes.
        say: takes the lines.

    Raises:
        Refused: if the rules did not allow a step of an ordinary day.
        KioskError: if something could not be written, or does not fit.
    """
    proctor, session_id = make_center(desk, seed, people)
    hands = Hands(desk, clock, session_id, proctor, say)
    hands.tell(
        f"{CENTER_NAME}: {COORDINATOR} coordinator, {PROCTOR} proctor, PIN {PIN};"
        f" {plural(people, 'person', 'people')} on the roll of {session_id}",
        desk.ledger.head().seq,
    )
    rng = Random(seed)
    cast = Cast.choose(hands.session, rng)
    check_in(hands, cast, rng)
    _start(hands, cast)
    run_clock(hands, cast, rng)
    hands.do(c.EndSession(session_id=session_id), "session ended")
    coordinator = _second_pair_of_eyes(hands)
    key_scores(hands, coordinator, rng)
    _count_paper(hands)
    bundle = seal_and_bundle(hands, folder)
    tell_summary(hands, people, bundle)


def _start(hands: Hands, cast: Cast) -> None:
    """Start so that the clocks begin at the planned minute."""
    countdown_ms = hands.desk.definitions.policies.start_countdown_seconds * 1000
    early_ms = hands.session.starts_at_utc_ms - hands.desk.now().utc_ms - countdown_ms
    hands.wait(max(0, early_ms))
    hands.do(
        c.StartSession(session_id=hands.session_id),
        f"start: script read, {plural(len(cast.seated), 'clock')} to begin in"
        f" {countdown_ms // 1000} seconds",
    )
    hands.wait(countdown_ms)
    hands.watches.start(cast.seated)
    if hands.line_ms != hands.session.start_line_ms:
        raise DrillFailed("The session did not start at the shared instant.")


def _second_pair_of_eyes(hands: Hands) -> Actor:
    actor = hands.desk.sign_in("s1", PIN)
    signed_in = hands.desk.ledger.head().seq
    hands.tell(f"{COORDINATOR} signs in for the second keying", signed_in)
    assert actor.role is Role.COORDINATOR, "the first of the staff coordinates"
    return actor


def _count_paper(hands: Hands) -> None:
    issued = scratch_issued(hands.session)
    hands.do(
        c.ReconcileScratch(session_id=hands.session_id, returned=issued),
        f"scratch paper: {issued} issued, {issued} counted back",
    )
