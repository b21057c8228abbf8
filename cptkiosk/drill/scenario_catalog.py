"""The scenes there are, and which of them a seed puts on."""

from dataclasses import replace
from random import Random

from cptkiosk.domain.events.checkin import (
    AttemptAbsent,
    AttemptDenied,
    AttemptExpectedLate,
)
from cptkiosk.domain.events.halt import SessionHalted, SessionResumed
from cptkiosk.domain.events.testing import (
    AttemptEndedEarly,
    AttemptFinished,
    BreakBegan,
    BreakEnded,
    LateStarted,
    PauseBegan,
    PauseEnded,
    SessionAbandoned,
)
from cptkiosk.domain.state.session import Stage
from cptkiosk.drill.expected_events import (
    either_answer,
    gate_noted,
    gate_stopped,
    record_answer,
    report_answer,
    score_put_right,
)
from cptkiosk.drill.scenario_steps import (
    DOORS,
    HOUR,
    PAPERS,
    ScenarioStep,
    Scene,
    at_once,
    find_whoever,
    has_shown_nothing,
    minutes_in,
    minutes_later,
    people_resolved,
    the_room,
    who_tests,
    whose_score_is_keyed,
)

COMING = find_whoever(has_shown_nothing)
AWAITED = find_whoever(lambda one: one.progress_waiting)
OUT = find_whoever(lambda one: one.on_break)
STOPPED = find_whoever(lambda one: one.is_paused)
NOT_HERE = record_answer(AttemptExpectedLate, AttemptAbsent)
ENDED = record_answer(AttemptFinished, AttemptEndedEarly)

# The clock slows: it must not come so far that who stands there counts as absent.
ARRIVES = ScenarioStep(
    "{who} arrives late and out of breath.",
    HOUR, minutes_in, 5, 8, AWAITED,
    either_answer(record_answer(LateStarted, AttemptDenied), report_answer("EXM-LATEX")),
    limit_s=420, hands_s=40, slows=True,
)  # fmt: skip

LATE = Scene(
    "late",
    "Late arrival",
    "Mark as running late (l), then check in; they get their own clock.",
    ("EXM-LATE", "EXM-LATEX"),
    (
        ScenarioStep(
            "{who} calls: stuck in traffic, will arrive after the start.",
            DOORS, people_resolved, 1, 2, COMING, NOT_HERE, limit_s=300,
        ),
        ARRIVES,
    ),
)  # fmt: skip

EXPECTED_LATE = replace(LATE, key="expected-late", beats=(ARRIVES,))
"""For anyone else whom the record expects late: in a rehearsal, they all arrive."""

NO_PHOTO = Scene(
    "no-photo",
    "ID without a photo",
    "No photo ID, no entry: fail the item (x) or deny entry (d).",
    ("ID-NONE",),
    (
        ScenarioStep(
            "{who} hands you a library card without a photo.",
            DOORS, people_resolved, 2, 4, COMING,
            either_answer(
                gate_stopped("photo-id"), record_answer(AttemptDenied), report_answer("ID-NONE")
            ),
            limit_s=180, hands_s=40,
        ),
    ),
)  # fmt: skip

OTHER_NAME = Scene(
    "other-name",
    "Different name on the ID",
    "Record how the name differs (K), or fail the item (x).",
    ("ID-NAME",),
    (
        ScenarioStep(
            "{who} shows a license with another last name: \"I got married.\"",
            DOORS, people_resolved, 5, 7, COMING,
            either_answer(
                gate_stopped("name"), gate_noted("name"),
                record_answer(AttemptDenied), report_answer("ID-NAME"),
            ),
            limit_s=180, hands_s=40,
        ),
    ),
)  # fmt: skip

PHONE = Scene(
    "phone",
    "A phone rings",
    "A device in the room is an irregularity (i). The clock keeps running.",
    ("MIS-DEVICE0", "MIS-DEVICE1"),
    (
        ScenarioStep(
            "A phone rings at {seat}, in a bag that belongs to {who}.",
            HOUR, minutes_in, 12, 15, who_tests,
            either_answer(
                report_answer("MIS-DEVICE0", "MIS-DEVICE1"), record_answer(AttemptEndedEarly)
            ),
            limit_s=300, hands_s=40,
        ),
    ),
)  # fmt: skip

RESTROOM = Scene(
    "restroom",
    "Restroom",
    "Log breaks out and back (b). Clocks keep running. One person at a time.",
    (),
    (
        ScenarioStep(
            "{who} asks to use the restroom.",
            HOUR, minutes_in, 20, 23, who_tests, record_answer(BreakBegan), limit_s=120,
        ),
        ScenarioStep(
            "{who} is back from the restroom.",
            HOUR, minutes_later, 3, 5, OUT, either_answer(record_answer(BreakEnded), ENDED), limit_s=120,
        ),
    ),
)  # fmt: skip

FROZEN = Scene(
    "frozen",
    "Frozen workstation",
    "A fault stops only that clock (p) until the screen works again (p).",
    ("TEC-FREEZE", "TEC-STATION"),
    (
        ScenarioStep(
            "The assessment at {seat} freezes. {who} raises a hand.",
            HOUR, minutes_in, 32, 36, who_tests, record_answer(PauseBegan), limit_s=90,
        ),
        ScenarioStep(
            "The screen at {seat} works again. {who} can continue.",
            HOUR, minutes_later, 3, 4, STOPPED, either_answer(record_answer(PauseEnded), ENDED), limit_s=90,
        ),
    ),
)  # fmt: skip

ALARM = Scene(
    "alarm",
    "Fire alarm",
    "An alarm halts all clocks as of the alarm (h). Roll call, then resume.",
    ("ENV-ALARM",),
    (
        ScenarioStep(
            "The fire alarm sounds.",
            HOUR, minutes_in, 46, 52, the_room, record_answer(SessionHalted), limit_s=60,
        ),
        ScenarioStep(
            "All clear. Everyone is back in the room.",
            frozenset({Stage.RUNNING, Stage.HALTED}), minutes_later, 6, 9, the_room,
            record_answer(SessionResumed, SessionAbandoned), limit_s=180, hands_s=40,
        ),
    ),
)  # fmt: skip

ILL = Scene(
    "ill",
    "A candidate feels ill",
    "End the attempt early with a reason (x): withdrawn.",
    ("EXM-ILL",),
    (
        ScenarioStep(
            "{who} feels ill and wants to go home.",
            HOUR, minutes_in, 66, 70, who_tests, record_answer(AttemptEndedEarly), limit_s=180,
            hands_s=30,
        ),
    ),
)  # fmt: skip

WRONG_SCORE = Scene(
    "wrong-score",
    "Wrong score entered",
    "Enter what the screen shows. Both entries must agree before the seal.",
    (),
    (
        ScenarioStep(
            "A second look: the screen of {who} shows {right}, not {wrong}. Correct it.",
            PAPERS, at_once, 0, 0, whose_score_is_keyed, score_put_right, limit_s=600,
            hands_s=60,
        ),
    ),
)  # fmt: skip

ALWAYS = (LATE, NO_PHOTO, FROZEN, ALARM, WRONG_SCORE)
SOMETIMES = (OTHER_NAME, PHONE, RESTROOM, ILL)
"""Of these the seed adds up to `MORE_MAX`."""

MORE_MAX = 2

ORDER = (
    LATE, NO_PHOTO, OTHER_NAME, PHONE, RESTROOM, FROZEN, ALARM, ILL, WRONG_SCORE
)  # fmt: skip
"""As they come on a day."""


def choose_scenes(seed: int) -> tuple[Scene, ...]:
    """Return the five to seven scenes of a day, the same ones for the same seed."""
    rng = Random(f"{seed}/scenes")
    chosen = (*ALWAYS, *rng.sample(SOMETIMES, rng.randint(0, MORE_MAX)))
    return tuple(one for one in ORDER if one in chosen)
