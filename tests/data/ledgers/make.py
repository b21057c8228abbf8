"""Make the sample ledger of this release: one command, the same entries every time.

    PYTHONPATH=tests python tests/data/ledgers/make.py

Run it once, right before a release, and never again for a release that is out.
"""

import itertools
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import argon2.low_level
import argon2.profiles

import cptkiosk
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import Batch, SessionCommand
from cptkiosk.domain.commands.checkin import (
    ArriveLate,
    DenyAttempt,
    ExpectLate,
    FailGate,
    MarkAbsent,
    PassGates,
    TakeSeat,
    WaiveGate,
)
from cptkiosk.domain.commands.closing import (
    AmendSession,
    ReconcileScratch,
    RecordBundle,
    ReopenSession,
    SeeIrregularities,
)
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession, UndoHalt
from cptkiosk.domain.commands.irregularity import RecordIrregularity, TakeNote
from cptkiosk.domain.commands.mistake import PutBack, ReplaceOutcome, UndoStep
from cptkiosk.domain.commands.planning import CancelAttempt
from cptkiosk.domain.commands.restart import ConfirmRoomClock
from cptkiosk.domain.commands.score import (
    DecideValidity,
    ExplainScore,
    KeyScore,
    SettleDiscrepancy,
)
from cptkiosk.domain.commands.testing import (
    Announce,
    BeginBreak,
    BeginPause,
    EndBreak,
    EndEarly,
    EndPause,
    EndSession,
    FinishAttempt,
    GiveCredit,
    IssueSheets,
    NoteVendorClock,
    StartLate,
    StartSession,
    UndoStart,
)
from cptkiosk.domain.commands.vendor import RecordOfficial, ReleaseCode
from cptkiosk.domain.events.fact import EVENT_TYPES
from cptkiosk.domain.rules import candidate_rules as p
from cptkiosk.domain.rules.receipts import BundleDelivered, Receipt
from cptkiosk.domain.rules.room_walks import LogRoomWalk
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import DAY_MS, Personal, Refused, Role
from cptkiosk.ledger.maintenance.backup import back_up
from cptkiosk.services.assignment import refresh_rolls
from support.center import DANA, DANA_PIN, LEDGER, LEE, LEE_PIN, open_desk, staffed
from support.clock import HandClock
from support.sessions import (
    a_session,
    at_the_desk,
    attempt_id,
    line,
    opened,
    planned,
    register,
    seated,
    started,
)

HERE = Path(__file__).parent
ROLL = tuple(f"X{number}" for number in range(1, 9))
KEY, NEXT_KEY = bytes(range(32)), bytes(range(1, 33))
"""The signing keys of the sample, and of nothing else."""


def kinds(desk: Desk) -> set[str]:
    """Return every kind of event that a ledger holds."""
    return {row[0] for row in desk.ledger.rows("SELECT DISTINCT kind FROM entry")}


def people(desk: Desk) -> None:
    """Everything that can happen to a candidate's own record."""
    register(desk, ("P8", "P9"), "safety")
    changed = RegisterPerson(
        participant_id="P8",
        family_name="Other",
        given_name="Name",
        registration=Registration("safety", "CODE-CHANGED"),
    )
    desk.registrar.register([changed], LEE)
    course = desk.definitions.modules[0].courses[0]
    for command in (
        p.RecordConsent(participant_id="P8", given_by="Pat Other"),
        p.DeclareConflict(participant_id="P8", staff_id="s2", relation="family"),
        p.WithdrawConflict(participant_id="P8", staff_id="s2", reason="a mix-up"),
        p.OrderSupplement(participant_id="P8", course=course),
    ):
        desk.perform(command, DANA)
    for who in ("P6", "P7"):
        twin = RegisterPerson(
            participant_id=who,
            family_name="Twin",
            given_name="Sam",
            birth_date="2007-02-28",
        )
        desk.registrar.register([twin], LEE)
    accepted = RegisterPerson(
        participant_id="P6",
        family_name="Twin",
        given_name="Samuel",
        doubt="not-coming",
        accepted="came back",
    )
    desk.registrar.register([accepted], DANA)
    apart = p.DecideTwoPeople(participant_id="P7", other="P6", reason="both came")
    desk.perform(apart, DANA)
    desk.candidates.forget(
        p.ForgetPerson(participant_id="P9", reason="own request"), DANA
    )
    for due in desk.lookups.statement("P8").lines[:1]:
        settled = p.SettleFee(
            participant_id="P8", item=due.item, how="paid", reference="check 1"
        )
        desk.perform(settled, DANA)


def staff(desk: Desk) -> None:
    """Sign-ins, a wrong PIN, a training, and a hand-over."""
    desk.staff.change_staff("s1", DANA, trained_on="2026-02-01")
    for role in (Role.COORDINATOR, Role.PROCTOR):
        desk.staff.change_staff("s2", DANA, role=role)
    for active in (False, True):
        desk.staff.change_staff("s2", DANA, active=active)
    desk.pins.sign_out(desk.pins.sign_in("s2", LEE_PIN))
    with suppress(Refused):
        desk.pins.sign_in("s2", "000000")
    planned(desk, ("P5",), "h", "quality")
    opened(desk, "h")
    desk.hand_over("h", LEE, LEE_PIN, "s1", DANA_PIN)


def machine(desk: Desk, clock: HandClock) -> None:
    """A step of the wall clock, a restart in a running session, a backup."""
    desk.boots.beat()
    clock.advance(20_000)
    clock.step_wall(5_000)
    desk.boots.beat()
    clock.suspend(15_000)
    desk.boots.beat()
    clock.reboot(60_000)
    desk.boots.beat()
    clock.step_wall(401 * DAY_MS)
    desk.clock_check.confirm_clock(DANA, is_right=True)
    clock.step_wall(-401 * DAY_MS)
    folder = desk.ledger.path.parent
    found = back_up(desk.ledger, folder / "backup.db")
    desk.center_log.record_backup("backup.db", found.entries, DANA)
    desk.center_log.accept_network_folder("nfs4", "server:/lab", DANA)
    desk.center_log.record_new_ledger("installation.key", DANA)


def long_day(desk: Desk, clock: HandClock) -> None:
    """One session in which everything happens that can."""
    here = "x"
    ids = {name: attempt_id(name) for name in ROLL}

    def do(command: type[SessionCommand], who: str = "", **fields: object) -> None:
        about = {"attempt_id": ids[who]} if who else {}
        desk.perform(command(session_id=here, **about, **fields), DANA)

    planned(desk, ROLL, here, "safety", ("quality",))
    register(desk, ROLL, "quality")
    changed = RegisterPerson(
        participant_id="X2",
        family_name="Changed",
        given_name="Kim",
        registration=Registration("safety", "CODE-NEW-X2"),
    )
    desk.registrar.register([changed], LEE)
    refresh_rolls(desk, frozenset({"X2"}), DANA)
    do(CancelAttempt, "X1", reason="withdrew")
    at_the_door(desk, ids, do)
    do(StartSession)
    clock.advance(3_000)
    do(UndoStart)
    started(desk, here)
    while_testing(desk, clock, ids, do)
    close(desk, do)


def at_the_door(desk: Desk, ids: dict[str, str], do: Callable[..., None]) -> None:
    """Check-in: denied, waived, undone, absent, late."""
    here = "x"
    opened(desk, here)
    do(FailGate, "X2", gate="photo-id", reason="no ID with them")
    do(DenyAttempt, "X2", reason="no photo ID", coordinator_called=True)
    for name in ("X4", "X5", "X6"):
        seated(desk, here, ids[name])
    do(PassGates, "X3", gates=("photo-id",), id_kind="passport", id_checked=True)
    do(UndoStep)
    do(WaiveGate, "X3", gate="photo-id", reason="known to the coordinator")
    do(ExpectLate, "X7")
    do(MarkAbsent, attempt_ids=(ids["X3"], ids["X8"]))


def while_testing(
    desk: Desk, clock: HandClock, ids: dict[str, str], do: Callable[..., None]
) -> None:
    """Late starts, breaks, faults, a halt, a restart of the machine, and the end."""
    here = "x"
    do(ArriveLate, "X7")
    at_the_desk(desk, here, ids["X7"])
    do(TakeSeat, "X7")
    clock.advance(60_000)
    do(StartLate, "X7")
    do(TakeNote, text="a mower outside")
    do(LogRoomWalk)
    do(UndoStep)
    do(LogRoomWalk)
    do(IssueSheets, "X4")
    do(BeginBreak, "X4")
    clock.advance(120_000)
    do(EndBreak, "X4")
    for kind in (BeginBreak, EndBreak):
        both = tuple(kind(session_id=here, attempt_id=ids[x]) for x in ("X4", "X5"))
        do(Batch, commands=both)
    do(BeginPause, "X5", reason="the mouse broke")
    clock.advance(60_000)
    do(EndPause, "X5")
    do(GiveCredit, "X5", credit_ms=60_000, reason="a second failure")
    left_ms = desk.session(here).left_ms(
        desk.session(here).attempts[ids["X5"]], line(desk, here)
    )
    do(NoteVendorClock, "X5", vendor_left_ms=left_ms - 30_000)
    do(HaltSession, reason="the wrong key")
    do(UndoHalt)
    do(HaltSession, reason="fire alarm")
    clock.advance(300_000)
    do(ResumeSession, back=tuple(ids[name] for name in ("X4", "X5", "X6", "X7")))
    do(
        RecordIrregularity, code="ENV-NOISE", severity=1, scope="session",
        validity="flag", attempt_ids=(ids["X4"],), observed="A mower.",
        action_taken="Closed the window.", details=(("noise-source", "a mower"), ("minutes", "2")),
    )  # fmt: skip
    machine(desk, clock)
    do(ConfirmRoomClock)
    clock.advance(55 * 60_000)
    do(Announce, minutes=30, attempt_ids=(ids["X4"], ids["X5"]))
    do(EndEarly, "X6", outcome="withdrawn", reason="felt ill")
    for name in ("X4", "X5", "X7"):
        do(FinishAttempt, name)
    do(PutBack, "X7", reason="it was the neighbor's screen")
    do(FinishAttempt, "X7")
    do(EndSession)
    do(ReopenSession, reason="ended by mistake")
    do(EndSession)


def close(desk: Desk, do: Callable[..., None]) -> None:
    """Scores, decisions, the seal, a bundle, and an amendment."""
    do(ReplaceOutcome, "X6", outcome="interrupted", reason="the screen had frozen")
    for name, verdict in (("X4", "pass"), ("X5", "")):
        for _ in range(2):
            do(KeyScore, name, shown="60", vendor_verdict=verdict)
    for _ in range(2):
        do(KeyScore, "X5", shown="61")
    do(SettleDiscrepancy, "X4", uphold="score", reason="the printout says 60")
    for name in ("X6", "X7"):
        do(ExplainScore, name, state="pending", reason="no network")
    do(DecideValidity, "X4", validity="clean", reason="noise was short")
    do(ReconcileScratch, returned=5)
    do(ReleaseCode, "X5")
    do(RecordOfficial, "X5", shown="61", shown_as="raw")
    noise = RecordIrregularity(
        session_id="x", code="ENV-NOISE", severity=2, scope="session",
        validity="none", attempt_ids=(), observed="A drill next door.",
        action_taken="Asked them to stop.", details=(("noise-source", "a drill"), ("minutes", "2")),
    )  # fmt: skip
    desk.perform(noise, LEE)
    approver = desk.pins.check_approver("s1", DANA_PIN, LEE)
    saw = tuple(one.event.irregularity_id for one in desk.session("x").irregularities)
    desk.perform(SeeIrregularities(session_id="x", saw=saw), approver)
    desk.seal("x", DANA, DANA_PIN)
    desk.bundles.record_failure("x", 1, "stick", "it is full", DANA)
    do(RecordBundle, destination="stick", file_name="x.zip", sha256="0" * 64)
    desk.bundles.record_delivery(
        BundleDelivered(
            session_id="x",
            revision=1,
            destination="office",
            key="2d0f4b4c-5c0e-5d3f-9f6e-1f1a3f0f6a10",
            bundle="results",
            file_name="cptkiosk-x-r1.zip",
            sha256="0" * 64,
            receipt=Personal("received", "x"),
        ),
        DANA,
    )
    desk.bundles.import_receipt(
        Receipt("x", 1, "0" * 64, desk.now().utc_ms, "MSSC"), DANA
    )
    do(AmendSession, reason="a name was wrong")


def sample(folder: Path) -> Desk:
    """Return a ledger with as many kinds of event as can be had."""
    folder.mkdir()
    (folder / "installation.key").write_bytes(KEY)
    (folder / "installation.key.next").write_bytes(NEXT_KEY)
    clock = HandClock()
    desk = staffed(open_desk(folder, clock))
    people(desk)
    staff(desk)
    a_session(desk, 2, stage=Stage.SEALED, session_id="sealed")
    a_session(desk, 1, stage=Stage.CANCELLED, session_id="off")
    a_session(desk, 1, stage=Stage.ABANDONED, session_id="left")
    long_day(desk, clock)
    desk.key_ring.rotate(DANA)
    a_session(desk, 2, stage=Stage.RUNNING, session_id="a")
    return desk


def make(target: Path) -> set[str]:
    """Write the sample; return the kinds that are not in it."""
    salts = (f"{number:032x}" for number in itertools.count(1))
    cheapest = argon2.profiles.CHEAPEST
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("cptkiosk.ledger.codec.secrets.token_hex", lambda _: next(salts)),
        patch("cptkiosk.ledger.schema.secrets.token_bytes", bytes),
        patch.object(argon2.profiles, "RFC_9106_LOW_MEMORY", cheapest),
        patch("argon2._password_hasher.os.urandom", bytes),
    ):
        desk = sample(Path(folder) / "data")
        missing = set(EVENT_TYPES) - kinds(desk)
        back_up(desk.ledger, Path(folder) / LEDGER)
        desk.ledger.close()
        shutil.copyfile(Path(folder) / LEDGER, target)
    return missing


if __name__ == "__main__":
    place = HERE / f"{cptkiosk.__version__}.db"
    lacks = make(place)
    print(f"{place.name}: {place.stat().st_size:,} bytes, lacks {sorted(lacks) or 0}")
