"""What goes wrong on a day: someone late, a break, a frozen screen, an alarm."""

from collections.abc import Callable, Mapping
from random import Random

from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import ArriveLate, MarkAbsent
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession
from cptkiosk.domain.commands.irregularity import RecordIrregularity, TakeNote
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    BeginPause,
    EndBreak,
    EndPause,
    GiveCredit,
    StartLate,
)
from cptkiosk.domain.time.timing import span_text
from cptkiosk.domain.values import MINUTE_MS, plural
from cptkiosk.drill.checkin import check_in_one
from cptkiosk.drill.roles import Roles
from cptkiosk.drill.simulated_proctor import DrillFailed, SimulatedProctor
from cptkiosk.words import name_severity

SECOND_MS = 1000
FREEZE_MS = 70 * SECOND_MS
REPAIR_MS = 3 * MINUTE_MS + 25 * SECOND_MS
BREAK_MS = 4 * MINUTE_MS + 30 * SECOND_MS
ALARM_MINUTES = 50
"""When the alarm sounds, after the start."""

ALARM_AGO_MS = 40 * SECOND_MS
ALARM_OUT_MS = 11 * MINUTE_MS + 35 * SECOND_MS
STEP_MS = 8 * SECOND_MS

Scene = tuple[int, Callable[[], None]]
"""When it begins, from the start on, and what happens then."""


def build_scenes(hands: SimulatedProctor, cast: Roles, rng: Random) -> list[Scene]:
    """Return the scenes of the day in order; all are over before anyone finishes."""
    script: list[Scene] = [
        (7 * MINUTE_MS, lambda: _arrive_late(hands, cast.late, rng)),
        (20 * MINUTE_MS, lambda: _take_break(hands, cast.breaking)),
        (35 * MINUTE_MS, lambda: _play_freeze(hands, cast.frozen)),
        (ALARM_MINUTES * MINUTE_MS, lambda: _play_alarm(hands)),
        (
            ALARM_MINUTES * MINUTE_MS + ALARM_AGO_MS + ALARM_OUT_MS,
            lambda: _all_clear(hands),
        ),
    ]
    if cast.missing:
        script.insert(2, (31 * MINUTE_MS, lambda: _give_up(hands, cast.missing)))
    return script


def _arrive_late(hands: SimulatedProctor, attempt_id: str, rng: Random) -> None:
    """Admit the absent one after all, on a clock of their own."""
    name = hands.name(attempt_id)
    about = {"session_id": hands.session_id, "attempt_id": attempt_id}
    hands.do(ArriveLate(**about), f"{name}: arrived late")
    late_ms = hands.timeline_ms - (hands.session.start_line_ms or hands.timeline_ms)
    check_in_one(hands, attempt_id, STEP_MS, rng)
    hands.pass_time(STEP_MS)
    hands.do(StartLate(**about), f"{name}: started on an individual clock")
    hands.watches.start((attempt_id,))
    _record_irregularity(
        hands,
        "EXM-LATE",
        (attempt_id,),
        "Arrived seven minutes after the start.",
        "Checked in and started on an individual clock.",
        details={
            "minutes-late": f"{late_ms // MINUTE_MS}",
            "end-given": "full time from the individual start",
        },
    )


def _take_break(hands: SimulatedProctor, attempt_id: str) -> None:
    name = hands.name(attempt_id)
    about = {"session_id": hands.session_id, "attempt_id": attempt_id}
    hands.do(BeginBreak(**about), f"{name}: out for a break, clock running")
    hands.pass_time(BREAK_MS)
    hands.do(EndBreak(**about), f"{name}: back after {span_text(BREAK_MS)}")


def _give_up(hands: SimulatedProctor, attempt_id: str) -> None:
    hands.do(
        MarkAbsent(session_id=hands.session_id, attempt_ids=(attempt_id,)),
        f"{hands.name(attempt_id)}: did not arrive, absent",
    )


def _play_freeze(hands: SimulatedProctor, attempt_id: str) -> None:
    """Pause for a repair, and give back what was lost before the pause."""
    name = hands.name(attempt_id)
    about: AboutAttempt = {
        "session_id": hands.session_id,
        "attempt_id": attempt_id,
    }
    hands.do(
        TakeNote(**about, text="Hand raised: the screen is frozen."),
        f"{name}: hand raised, the screen is frozen",
    )
    hands.pass_time(FREEZE_MS)
    hands.do(
        BeginPause(**about, reason="workstation fault"),
        f"{name}: paused, workstation fault",
    )
    hands.watches.stop(attempt_id)
    hands.pass_time(REPAIR_MS)
    hands.do(EndPause(**about), f"{name}: clock resumed after {span_text(REPAIR_MS)}")
    hands.watches.start((attempt_id,))
    hands.do(
        GiveCredit(
            **about, credit_ms=FREEZE_MS, reason="screen frozen before the pause"
        ),
        f"{name}: credit of {span_text(FREEZE_MS)}, measured before the pause",
    )
    hands.watches.give(attempt_id, FREEZE_MS)
    _record_irregularity(
        hands,
        "TEC-STATION",
        (attempt_id,),
        "The screen froze and did not respond to keys.",
        "Clock paused, workstation restarted, measured time given back.",
        lost_ms=FREEZE_MS + REPAIR_MS,
        details={
            "old-seat": hands.session.attempts[attempt_id].seat,
            "steps-tried": "restarted, code entered again",
        },
    )


def _play_alarm(hands: SimulatedProctor) -> None:
    """Halt from the alarm on."""
    hands.tell_sentence("fire alarm: everyone leaves the room")
    hands.pass_time(ALARM_AGO_MS)
    hands.do(
        HaltSession(
            session_id=hands.session_id, reason="fire alarm", ago_ms=ALARM_AGO_MS
        ),
        f"all clocks halted as of the alarm, {span_text(ALARM_AGO_MS)} ago",
    )
    hands.watches.halt(ALARM_AGO_MS)


def _all_clear(hands: SimulatedProctor) -> None:
    """Resume once everyone is back."""
    alarm_utc_ms = hands.desk.now().utc_ms - ALARM_AGO_MS - ALARM_OUT_MS
    back = tuple(one.attempt_id for one in hands.session.live_attempts)
    hands.do(
        ResumeSession(session_id=hands.session_id, back=back),
        f"roll call: {plural(len(back), 'person', 'people')} back, clocks resumed",
    )
    hands.watches.resume()
    _record_irregularity(
        hands,
        "ENV-ALARM",
        back,
        "The fire alarm sounded and everyone left the building.",
        "Clocks halted as of the alarm. Attendance taken outside and inside.",
        lost_ms=ALARM_AGO_MS + ALARM_OUT_MS,
        happened_at_utc_ms=alarm_utc_ms,
        details={
            "alarm-time": "when the clocks were halted",
            "roll-call": f"{len(back)} of {len(back)} back",
            "talk-observed": "none",
        },
    )


def _record_irregularity(  # a record of an irregularity has that many parts
    hands: SimulatedProctor,
    code_id: str,
    attempt_ids: tuple[str, ...],
    observed: str,
    action_taken: str,
    *,
    details: Mapping[str, str],
    lost_ms: int = 0,
    happened_at_utc_ms: int = 0,
) -> None:
    """Record an irregularity as its definition proposes."""
    try:
        code = hands.desk.definitions.irregularity(code_id)
    except KeyError:
        raise DrillFailed(f"There is no irregularity code {code_id}.") from None
    hands.do(
        RecordIrregularity(
            session_id=hands.session_id,
            code=code.id,
            severity=code.severity,
            scope=code.scope,
            validity=code.validity,
            attempt_ids=attempt_ids,
            observed=observed,
            action_taken=action_taken,
            minutes_lost=lost_ms // MINUTE_MS,
            happened_at_utc_ms=happened_at_utc_ms,
            details=tuple(details.items()),
        ),
        f"{code.id} {code.title} ({name_severity(code.severity)}):"
        f" {plural(len(attempt_ids), 'person', 'people')} named",
    )
