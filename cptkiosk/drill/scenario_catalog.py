"""The scenes there are, and which of them a seed puts on."""

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

LATE = Scene(
    "late",
    "Late arrival",
    "Expect them late (l); then check them in, on a clock of their own.",
    ("EXM-LATE", "EXM-LATEX"),
    (
        ScenarioStep(
            "{who} phones: stuck in traffic, will come after the start.",
            DOORS, people_resolved, 1, 2, COMING, NOT_HERE, limit_s=300,
        ),
        ScenarioStep(
            "{who}, who phoned, comes in late and out of breath.",
            HOUR, minutes_in, 5, 8, AWAITED,
            either_answer(record_answer(LateStarted, AttemptDenied), report_answer("EXM-LATEX")),
            limit_s=420, hands_s=40,
        ),
    ),
)  # fmt: skip

NO_PHOTO = Scene(
    "no-photo",
    "ID without a photo",
    "Nobody is let in without a photo ID: x says what was shown, d denies.",
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
    "Another name on the ID",
    "A name that differs is kept with its kind (K), or the gate is failed (x).",
    ("ID-NAME",),
    (
        ScenarioStep(
            "{who} shows a licence in another family name: 'I have married.'",
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
    "A device in the room is an irregularity (i); the clock runs on.",
    ("MIS-DEVICE0", "MIS-DEVICE1"),
    (
        ScenarioStep(
            "A phone rings at {seat}: it is in the bag of {who}.",
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
    "A break is logged out and back (b); the clock runs on, one out at a time.",
    (),
    (
        ScenarioStep(
            "{who} asks for the restroom.",
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
    "A fault stops that one clock (p) until the screen works again (p).",
    ("TEC-FREEZE", "TEC-STATION"),
    (
        ScenarioStep(
            "The screen at {seat} freezes: {who} raises a hand.",
            HOUR, minutes_in, 32, 36, who_tests, record_answer(PauseBegan), limit_s=90,
        ),
        ScenarioStep(
            "The screen at {seat} works again; {who} can go on.",
            HOUR, minutes_later, 3, 4, STOPPED, either_answer(record_answer(PauseEnded), ENDED), limit_s=90,
        ),
    ),
)  # fmt: skip

ALARM = Scene(
    "alarm",
    "Fire alarm",
    "An alarm halts all clocks (h), from the alarm on; roll call, then resume.",
    ("ENV-ALARM",),
    (
        ScenarioStep(
            "The fire alarm sounds.",
            HOUR, minutes_in, 46, 52, the_room, record_answer(SessionHalted), limit_s=60,
        ),
        ScenarioStep(
            "All clear: everybody is back in the room.",
            frozenset({Stage.RUNNING, Stage.HALTED}), minutes_later, 6, 9, the_room,
            record_answer(SessionResumed, SessionAbandoned), limit_s=180, hands_s=40,
        ),
    ),
)  # fmt: skip

ILL = Scene(
    "ill",
    "Somebody feels ill",
    "Who leaves for good is ended early with the reason (x): withdrawn.",
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
    "Wrong score keyed",
    "Both keyings must agree: key what the vendor's screen shows until they do.",
    (),
    (
        ScenarioStep(
            "Look again: the screen of {who} shows {right}. You keyed {wrong}.",
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
