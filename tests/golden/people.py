"""An exam day with real-looking people, brought to any point of it through the desk."""

from dataclasses import replace

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import DenyAttempt, ExpectLate, MarkAbsent
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.commands.score import ExplainScore, KeyScore
from cptkiosk.domain.commands.testing import (
    Announce,
    BeginBreak,
    BeginPause,
    EndBreak,
    EndEarly,
    EndPause,
    FinishAttempt,
)
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.rules.announcing import next_call
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.rules.room_walks import LogRoomWalk
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS
from cptkiosk.services.assignment import build_assignment
from support.center import LEE
from support.clock import HandClock
from support.sessions import advance, at_the_desk, ended, line, opened, seated, started

START_UTC_MS = 1_795_462_867_000
"""Monday 23 November 2026, 13:41:07 in Chicago."""

PEOPLE = {
    "100411": ("Alvarez", "María", "safety"),
    "100482": ("Brown", "DeShawn", "safety"),
    "100517": ("Chen", "Li", "quality"),
    "100623": ("Chen", "Li", "safety"),
    "100702": ("Diallo", "Aïssatou", "safety"),
    "100745": ("Eriksen", "Håkon", "quality"),
    "100801": ("García-López", "Ana", "safety"),
    "100833": ("Kowalczyk", "Łukasz", "quality"),
    "100902": ("Nguyễn", "Zoë", "safety"),
    "100914": ("O'Brien", "Siobhán", "safety"),
    "100977": ("佐藤", "陽子", "safety"),
}
"""ID, family name, given name, module."""

HOSTILE = {
    "P1": ("[red]Markup[/] [@click=app.quit()]q[/]", "Kim", "safety"),
    "P2": ("Nguye\u0302\u0303n", "Zo\u0308e", "safety"),
    "P3": ("\u967d\u5b50\u4f50\u85e4\u967d\u5b50\u4f50\u85e4", "Kim", "safety"),
    "P4": ("\u0645\u062d\u0645\u062f", "\u0639\u0644\u064a", "safety"),
    "P5": ("\u05d9\u05d5\u05e1\u05e3", "\u05db\u05d4\u05df", "safety"),
    "P6": ("\U0001f468\u200d\U0001f469\u200d\U0001f467 Family", "Kim", "safety"),
    "P7": ("=HYPERLINK(0)", "Kim", "safety"),
    "P8": ("Long" * 25, "Kim", "safety"),
    "P9": ("Evil\x1b]52;c;eA==\x07\x1b[2J\x9b31m\u202egnorts", "Kim", "safety"),
}
"""Names that would steer a terminal, and names that are hard to keep in a column."""

EXTRA_TIME = "100517"


def afternoon() -> HandClock:
    """Return the clock of the afternoon on which all frames are taken."""
    return HandClock(utc_ms=START_UTC_MS)


def key(about: str) -> str:
    """Return the attempt of a person."""
    known = PEOPLE | HOSTILE
    return f"{about}-{known[about][2]}"


def of(about: str) -> AboutAttempt:
    """Return what names an attempt in a command."""
    return {"session_id": "a", "attempt_id": key(about)}


def register(desk: Desk, people: dict[str, tuple[str, str, str]]) -> None:
    """Register people, each for one module."""
    desk.registrar.register(
        [
            RegisterPerson(
                participant_id=about,
                family_name=family,
                given_name=given,
                registration=Registration(module, f"CODE-{about}"),
            )
            for about, (family, given, module) in people.items()
        ],
        LEE,
    )


def plan(desk: Desk, session_id: str = "a", in_ms: int = 20 * MINUTE_MS) -> None:
    """Plan a session of two modules in one room."""
    command = PlanSession(
        session_id=session_id,
        title="Safety + Quality",
        starts_at_utc_ms=desk.now().utc_ms + in_ms,
        module_ids=("safety", "quality"),
        rooms=(Room(name="204", rows=4, columns=6),),
    )
    desk.perform(command, LEE)


def put_on_roll(desk: Desk, people: dict[str, tuple[str, str, str]]) -> None:
    """Put people on the roll, one of them with extra time."""
    for about, (_, _, module) in people.items():
        command = build_assignment(desk, "a", about, module)
        if about == EXTRA_TIME:
            command = replace(command, factor_permille=1500)
        desk.perform(command, LEE)


def planned(desk: Desk, people: dict[str, tuple[str, str, str]] = PEOPLE) -> None:
    """Plan the session and put everybody on its roll."""
    register(desk, people)
    plan(desk)
    put_on_roll(desk, people)


def checking_in(desk: Desk) -> None:
    """Check half of the people in; one person is on the way, one has been turned away."""
    planned(desk)
    advance(desk, 6 * MINUTE_MS)
    opened(desk, "a")
    for about in ("100411", "100517", "100623", "100702"):
        seated(desk, "a", key(about))
    at_the_desk(desk, "a", key("100745"))
    deny = DenyAttempt(
        **of("100833"), reason="ID expired in May", coordinator_called=True
    )
    desk.perform(deny, LEE)
    desk.perform(ExpectLate(**of("100914")), LEE)
    desk.perform(
        pass_photo_id(of("100482"), "passport"),
        LEE,
    )


def ready(desk: Desk, people: dict[str, tuple[str, str, str]] = PEOPLE) -> None:
    """Seat everybody but the last, who has not come."""
    planned(desk, people)
    opened(desk, "a")
    *here, last = people
    for about in here:
        seated(desk, "a", key(about))
    desk.perform(MarkAbsent(session_id="a", attempt_ids=(key(last),)), LEE)


def running(desk: Desk) -> None:
    """Run the session until all sorts of things go on at once."""
    ready(desk)
    started(desk, "a")
    advance(desk, 20 * MINUTE_MS)
    desk.perform(LogRoomWalk(session_id="a"), LEE)
    advance(desk, 20 * MINUTE_MS)
    desk.perform(LogRoomWalk(session_id="a"), LEE)
    pause = BeginPause(**of("100702"), reason="workstation froze", kind="fault")
    desk.perform(pause, LEE)
    advance(desk, 4 * MINUTE_MS + 7_000)
    desk.perform(BeginBreak(**of("100482")), LEE)
    desk.perform(FinishAttempt(**of("100801")), LEE)
    desk.perform(EndEarly(**of("100833"), outcome="withdrawn", reason="ill"), LEE)
    report(desk, "100914")
    advance(desk, 3 * MINUTE_MS + 12_000)


def walk_due(desk: Desk) -> None:
    """Run the session until the room is to be walked for the first time."""
    ready(desk)
    started(desk, "a")
    advance(desk, 21 * MINUTE_MS)


def report(desk: Desk, about: str, code: str = "MIS-TALK") -> None:
    """Record an irregularity about a person."""
    command = RecordIrregularity(
        session_id="a", code=code, severity=2, scope="attempt", validity="flag",
        attempt_ids=(key(about),), observed="Whispered with a neighbor.",
        action_taken="Moved to another seat.",
    )  # fmt: skip
    desk.perform(command, LEE)


def over(desk: Desk) -> None:
    """End the session; nothing is scored yet."""
    running(desk)
    desk.perform(EndBreak(**of("100482")), LEE)
    desk.perform(EndPause(**of("100702")), LEE)
    advance(desk, 13 * MINUTE_MS)
    announced(desk)
    advance(desk, 7 * MINUTE_MS)
    ended(desk, "a")


def announced(desk: Desk) -> None:
    """Read aloud how many minutes are left, as is due by now."""
    call = next_call(desk.session("a"), line(desk), desk.definitions.policies)
    assert call is not None
    told = Announce(session_id="a", minutes=call.minutes, attempt_ids=call.attempt_ids)
    desk.perform(told, LEE)


def scored(desk: Desk, *, wholly: bool = False) -> None:
    """Key scores: most twice, one once, one with two keyings that differ."""
    over(desk)
    raws = iter((71, 66, 64, 58, 80, 77, 69, 74, 63))
    finished = [
        one
        for one in desk.session("a").attempts.values()
        if one.standing in {AttemptProgress.FINISHED, AttemptProgress.WITHDRAWN}
    ]
    for at, one in enumerate(finished):
        about: AboutAttempt = {"session_id": "a", "attempt_id": one.attempt_id}
        if one.standing is AttemptProgress.WITHDRAWN:
            command = ExplainScore(**about, state="not applicable", reason="withdrew")
            desk.perform(command, LEE)
            continue
        raw = next(raws)
        if at >= 5 and not wholly:
            if at == 5:
                desk.perform(KeyScore(**about, shown=f"{raw}", shown_as="raw"), LEE)
            continue
        for shown in (raw, raw - 1 if at == 4 and not wholly else raw):
            desk.perform(KeyScore(**about, shown=f"{shown}", shown_as="raw"), LEE)


def settled(desk: Desk) -> None:
    """Settle all that keeps the session from being sealed but the paper."""
    scored(desk, wholly=True)


def next_week(desk: Desk) -> None:
    """Plan another session, so that Today has more than one."""
    plan(desk, "b", 26 * HOUR_MS)
