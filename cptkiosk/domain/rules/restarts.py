"""Rules of restarts: the clock is carried over to a new boot, then compared."""

from cptkiosk.domain.commands import restart as c
from cptkiosk.domain.events.halt import SessionHalted
from cptkiosk.domain.events.restart import BootBridged, RoomClockConfirmed
from cptkiosk.domain.rules.rule import SINCE_START, UNDER_WAY, Context, Events, rule
from cptkiosk.domain.state import gaps
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import MINUTE_MS, Personal, Refused


def _bridge_boot(session: Session, command: c.BridgeBoot, context: Context) -> Events:
    if context.now.boot_id in session.offsets:
        return ()
    carried = timing.bridge_boot(session.offsets, command.last, context.now)
    bridged = BootBridged(
        boot_id=context.now.boot_id,
        offset_ms=carried.offset_ms,
        away_ms=carried.away_ms,
        usable=carried.usable,
    )
    if carried.usable or session.stage is Stage.HALTED:
        return (bridged,)
    halted = SessionHalted(
        reason=Personal("clock unusable after a reboot", session.session_id),
        since_line_ms=context.now.boot_ms + carried.offset_ms,
    )
    return (bridged, halted)


def _confirm_clock(
    session: Session, command: c.ConfirmRoomClock, context: Context
) -> Events:
    if session.unconfirmed_bridge is None:
        raise Refused("no-reboot")
    least_ms = gaps.least_ms(session.gaps)
    if command.correction_ms < least_ms:
        raise Refused(
            "room-clock-less",
            remedy="key-seconds" if least_ms else "key-zero-seconds",
            least_s=-least_ms // 1000,
        )
    if abs(command.correction_ms) > MINUTE_MS:
        context.actor.must_be_coordinator("correct-clock")
    return (
        RoomClockConfirmed(
            boot_id=session.unconfirmed_bridge.boot_id,
            correction_ms=command.correction_ms,
            shares_ms=gaps.shares_ms(session.gaps, command.correction_ms, context.now),
        ),
    )


RULES = (
    rule(c.BridgeBoot, _bridge_boot, *UNDER_WAY),
    rule(c.ConfirmRoomClock, _confirm_clock, *SINCE_START),
)
