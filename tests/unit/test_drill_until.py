"""Records left at a stage of the day: by this machine's clocks, and to go on with."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from cptkiosk.cli.drills import left_on_signals
from cptkiosk.cli.main import main
from cptkiosk.definitions.load import load_definitions
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.checkin import MarkAbsent, OpenCheckIn
from cptkiosk.domain.commands.closing import ReconcileScratch
from cptkiosk.domain.commands.halt import ResumeSession
from cptkiosk.domain.commands.testing import EndSession, FinishAttempt, StartSession
from cptkiosk.domain.events.center import BootNoticed, ClockStepNoticed
from cptkiosk.domain.rules.checkin import ROOM_CHECKS
from cptkiosk.domain.state.attempt import WAITING
from cptkiosk.domain.state.blockers import scratch_issued, to_seal
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.time.timing import clock_text
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.drill.checkin import check_in_one
from cptkiosk.drill.closing_phase import key_scores, show_reports
from cptkiosk.drill.practice import latest_begin
from cptkiosk.drill.run import run_drill
from cptkiosk.drill.running_phase import RunningPhase
from cptkiosk.drill.sample_center import LEAD_MS, PIN
from cptkiosk.drill.simulated_proctor import HandClock, SimulatedProctor
from cptkiosk.drill.until import Until
from cptkiosk.errors import ExitCode
from cptkiosk.host.clock import Clock, SystemClock
from cptkiosk.ledger import queries
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.ui.screens.testing.screen import TestingScreen
from cptkiosk.ui.screens.today import TodayScreen
from support.sitting import sit_down

PEOPLE = 6
STAGES = {
    Until.PLANNED: Stage.PLANNED,
    Until.CHECK_IN: Stage.CHECK_IN,
    Until.RUNNING: Stage.RUNNING,
    Until.HALTED: Stage.HALTED,
    Until.ENDED: Stage.ENDED,
    Until.SCORED: Stage.ENDED,
    Until.SEALED: Stage.SEALED,
}


@dataclass(frozen=True)
class Left:
    """A record that was left."""

    folder: Path
    until: Until
    before: Instant
    lines: list[str]

    def desk(self, ledger: Ledger, clock: Clock) -> Desk:
        return Desk(ledger, clock, load_definitions())

    @property
    def session_id(self) -> str:
        (line,) = [one for one in self.lines if one.startswith("Session ")]
        return line.split()[1]


def leave(folder: Path, until: Until, *, now: bool = False) -> Left:
    lines: list[str] = []
    before = SystemClock().now()
    code = run_drill(
        unattended=True,
        people=PEOPLE,
        seed=1,
        keep=folder,
        speed=1,
        until=until,
        now=now,
        say=lines.append,
    )
    assert code == ExitCode.DONE, lines[-1]
    return Left(folder, until, before, lines)


@pytest.fixture(scope="module", params=Until)
def left(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Left:
    """A record at each of the stages; nothing may be written to it."""
    return leave(tmp_path_factory.mktemp("left") / "data", request.param)


@pytest.fixture
def desk(left: Left) -> Iterator[Desk]:
    with closing(Ledger(left.folder / "ledger.db", "t", read_only=True)) as ledger:
        yield left.desk(ledger, SystemClock())


def test_scripts_read_the_stage_from_a_record_that_verifies(
    left: Left, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--data-dir", str(left.folder)]

    assert main([*place, "ledger", "verify"]) == ExitCode.DONE
    capsys.readouterr()
    assert main([*place, "session", "show", left.session_id, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["stage"] == STAGES[left.until]
    assert len(shown["attempts"]) == PEOPLE


def test_nothing_is_in_the_way_of_the_start_or_of_the_seal(
    left: Left, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--data-dir", str(left.folder), "session", "show", left.session_id, "--json"])

    blockers = json.loads(capsys.readouterr().out)["blockers"]

    busy = left.until in {Until.RUNNING, Until.HALTED, Until.ENDED}
    assert bool(blockers) == busy


def test_every_entry_has_this_machines_clocks_and_none_is_of_the_future(
    left: Left, desk: Desk
) -> None:
    now = SystemClock().now()
    entries = [
        *desk.ledger.read_stream("center"),
        *desk.ledger.read_stream(f"session/{left.session_id}"),
    ]
    booted_ms = left.before.utc_ms - left.before.boot_ms

    assert {one.at.boot_id for one in entries} == {now.boot_id}
    assert max(one.at.utc_ms for one in entries) <= now.utc_ms
    assert all(
        abs(one.at.utc_ms - one.at.boot_ms - booted_ms) < 1000 for one in entries
    )


def test_the_planned_start_is_ahead_until_the_session_starts(
    left: Left, desk: Desk
) -> None:
    starts_ms = desk.session(left.session_id).starts_at_utc_ms

    assert starts_ms % (5 * MINUTE_MS) == 0
    ahead = starts_ms > left.before.utc_ms
    assert ahead == (left.until in {Until.PLANNED, Until.CHECK_IN})


def test_the_account_to_sign_in_with_is_shown_at_the_end(
    left: Left, desk: Desk
) -> None:
    assert left.lines[-5:] == [
        f"Stage        {left.until}",
        f"Session      {left.session_id}",
        "Coordinator  Robin Hale (s1), PIN 482913",
        "Proctor      Sam Whitlock (s2), PIN 482913",
        f"Record       {left.folder}",
    ]
    assert [one.session_id for one in queries.list_sessions(desk.ledger)] == [
        left.session_id
    ]


class Proctor:
    """Does by hand what is left of the day, whatever stage it is at."""

    def __init__(self, desk: Desk, clock: HandClock, session_id: str) -> None:
        self.desk, self.clock, self.session_id = desk, clock, session_id
        self.actor = desk.pins.sign_in("s2", PIN)
        self.hands = SimulatedProctor(desk, clock, session_id, self.actor, print)

    def do(self, command: SessionCommand) -> None:
        self.desk.perform(command, self.actor)

    def open_doors(self) -> None:
        self.do(
            OpenCheckIn(
                session_id=self.session_id,
                room_checks=ROOM_CHECKS,
                no_conflicts_declared=True,
            )
        )
        for one in self.hands.session.attempts:
            check_in_one(self.hands, one, 0, Random(1))

    def start(self) -> None:
        self.do(StartSession(session_id=self.session_id))
        self.clock.advance(15 * MINUTE_MS)

    def resume(self) -> None:
        live = self.hands.session.live_attempts
        back = tuple(one.attempt_id for one in live)
        self.do(ResumeSession(session_id=self.session_id, back=back))

    def end(self) -> None:
        expected = tuple(
            one.attempt_id
            for one in self.hands.session.attempts.values()
            if one.standing in WAITING
        )
        if expected:
            self.do(MarkAbsent(session_id=self.session_id, attempt_ids=expected))
        for one in self.hands.session.live_attempts:
            self.do(
                FinishAttempt(session_id=self.session_id, attempt_id=one.attempt_id)
            )
        self.do(EndSession(session_id=self.session_id))

    def seal(self) -> None:
        if to_seal(self.hands.session):
            key_scores(self.hands, self.desk.pins.sign_in("s1", PIN), Random(1))
            issued = scratch_issued(self.hands.session)
            self.do(ReconcileScratch(session_id=self.session_id, returned=issued))
        show_reports(self.hands)
        self.desk.seal(self.session_id, self.actor, PIN)

    def go_on(self) -> None:
        steps = {
            Stage.PLANNED: self.open_doors,
            Stage.CHECK_IN: self.start,
            Stage.HALTED: self.resume,
            Stage.RUNNING: self.end,
            Stage.ENDED: self.seal,
        }
        while (stage := self.hands.session.stage) is not Stage.SEALED:
            steps[stage]()
            assert self.hands.session.stage is not stage


def test_a_proctor_goes_on_from_any_stage_to_the_seal(
    left: Left, tmp_path: Path
) -> None:
    copy = tmp_path / "data"
    shutil.copytree(left.folder, copy)
    clock = HandClock.at(SystemClock().now())
    with closing(Ledger(copy / "ledger.db", "t")) as ledger:
        desk = left.desk(ledger, clock)
        Proctor(desk, clock, left.session_id).go_on()

        assert verify_ledger(ledger).signed_heads == 1


# At the kiosk


@pytest.mark.parametrize("until", [Until.RUNNING, Until.HALTED])
async def test_a_kiosk_opens_on_the_clocks_and_asks_nothing_about_them(
    tmp_path: Path, until: Until
) -> None:
    left = leave(tmp_path / "data", until, now=True)
    with closing(Ledger(left.folder / "ledger.db", "kiosk")) as ledger:
        clock = HandClock.at(SystemClock().now())
        desk = left.desk(ledger, clock)
        desk.boots.beat()
        version = desk.session(left.session_id).version
        async with sit_down(desk, left.folder, desk.pins.sign_in("s2", PIN)) as sitting:
            sitting.showing(TodayScreen)
            await sitting.press("enter")

            sitting.showing(TestingScreen)
            assert ("HALTED" in sitting.words) == (until is Until.HALTED)
            session = desk.session(left.session_id)
            for one in session.live_attempts:
                left_ms = session.left_ms(one, session.timeline_ms(clock.now()))
                assert clock_text(left_ms) in sitting.words

        kinds = [type(one.event) for one in ledger.read_stream("center")]
        assert not {BootNoticed, ClockStepNoticed} & set(kinds)
        assert desk.session(left.session_id).version == version


def test_the_clocks_of_a_running_session_have_run_since_it_started(
    tmp_path: Path,
) -> None:
    left = leave(tmp_path / "data", Until.RUNNING, now=True)
    with closing(Ledger(left.folder / "ledger.db", "t", read_only=True)) as ledger:
        desk = left.desk(ledger, SystemClock())
        session = desk.session(left.session_id)
        now = desk.now()
        first = next(one for one in session.live_attempts if not one.late)

        since_start_ms = now.utc_ms - session.starts_at_utc_ms
        spent_ms = first.allowed_ms - session.left_ms(first, session.timeline_ms(now))
        assert abs(spent_ms - since_start_ms) < 1000
        # Twelve minutes were played; the rest is what has passed since.
        passed_ms = since_start_ms - 12 * MINUTE_MS
        assert 0 <= passed_ms < MINUTE_MS + now.utc_ms - left.before.utc_ms


@pytest.mark.parametrize("took_ms", [0, 1, 12_345_678])
@pytest.mark.parametrize("mark_ms", [MINUTE_MS, 5 * MINUTE_MS])
@pytest.mark.parametrize("off_ms", [0, 1, 29_999, 30_000, 299_999])
def test_a_day_begins_as_late_as_it_can_and_always_as_long_before_its_start(
    took_ms: int, mark_ms: int, off_ms: int
) -> None:
    now = Instant(utc_ms=1_800_000_000_000 + off_ms, boot_ms=5_000, boot_id="b")

    begin = latest_begin(now, took_ms, mark_ms)

    assert 0 <= now.utc_ms - (begin.utc_ms + took_ms) < mark_ms
    assert (begin.utc_ms + LEAD_MS + mark_ms // 2) % mark_ms == 0
    assert now.utc_ms - begin.utc_ms == now.boot_ms - begin.boot_ms


# On the command line


def kiosk(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cptkiosk", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
        env={**os.environ, **more},
    )


def test_the_command_leaves_a_record_that_other_commands_read(tmp_path: Path) -> None:
    folder = tmp_path / "left"
    asked = ("--until", "halted", "--now", "--keep", folder, "--people", 3)

    done = kiosk("drill", "--unattended", *asked)
    assert (done.returncode, done.stderr) == (ExitCode.DONE, "")
    (session_id,) = re.findall(r"^Session +(\S+)$", done.stdout, re.MULTILINE)
    assert kiosk("--data-dir", folder, "ledger", "verify").returncode == ExitCode.DONE
    shown = kiosk("--data-dir", folder, "session", "show", session_id, "--json")
    assert json.loads(shown.stdout)["stage"] == "halted"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--until", "running", "--keep", "k"), "--until requires --unattended"),
        (("--until", "running", "--unattended"), "--until requires --keep"),
        (("--now", "--unattended", "--keep", "k"), "--now requires --until"),
        (
            ("--until", "lunch", "--unattended", "--keep", "k"),
            '"lunch" is not a stage. Stages: planned,',
        ),
        (("--data-dir", "d", "--unattended"), "--keep instead of --data-dir"),
    ],
)
def test_options_that_would_be_ignored_are_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    given: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["drill", *given]) == ExitCode.USAGE

    err = capsys.readouterr().err
    assert said in err
    assert "Nothing was done." in err
    assert not list(tmp_path.iterdir())


def test_a_data_directory_named_before_the_command_is_refused_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--data-dir", str(tmp_path / "real"), "drill", "--unattended"]

    assert main(asked) == ExitCode.USAGE
    assert "has its own record" in capsys.readouterr().err


def test_a_full_destination_is_a_sentence_and_the_record_is_left_whole(
    tmp_path: Path,
) -> None:
    asked = ("drill", "--unattended", "--until", "planned", "--people", "3", "--keep")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cptkiosk", *asked, tmp_path / "left"],
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=100,
            check=False,
            env={**os.environ, "CPTKIOSK_DATA_DIR": str(tmp_path / "real")},
        )

    assert done.returncode == ExitCode.DESTINATION
    assert "The output could not be written" in done.stderr
    assert not (tmp_path / "real").exists()
    with closing(Ledger(tmp_path / "left/ledger.db", "", read_only=True)) as ledger:
        assert verify_ledger(ledger).entries == ledger.head().seq


def test_a_fault_of_the_rehearsal_is_not_logged_beside_the_real_record(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setenv("CPTKIOSK_DATA_DIR", str(tmp_path / "real"))
    monkeypatch.setattr(RunningPhase, "run", broken)
    keep = tmp_path / "left"

    code = main(["drill", "--unattended", "--people", "2", "--keep", str(keep)])

    assert code == ExitCode.STORAGE
    assert f"Details are in {keep / 'kiosk.log'}" in capsys.readouterr().err
    assert "ZeroDivisionError" in (keep / "kiosk.log").read_text(encoding="utf-8")
    assert not (tmp_path / "real").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_it_leaves_nothing_behind(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cptkiosk", "drill", "--unattended", "--people", "500"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        # Whoever started the tests may ignore it, and children inherit that.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # noqa: PLW1509
    )
    with process:
        while not list(tmp_path.glob("cptkiosk-drill-*/ledger.db")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        code = process.wait(60)

    assert code == 128 + number
    assert not list(tmp_path.glob("cptkiosk-drill-*"))


def test_a_signal_whose_exception_a_finalizer_loses_is_still_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Finalized:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    lost: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", lost.append)

    with pytest.raises(SystemExit) as left, left_on_signals():
        Finalized()

    assert lost, "the finalizer lost nothing"
    assert left.value.code == 128 + signal.SIGTERM


@pytest.mark.parametrize("code", [128 + signal.SIGTERM, 128 + signal.SIGHUP])
def test_a_kiosk_that_a_signal_ended_leaves_nothing_behind_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("cptkiosk.ui.startup.open_kiosk", lambda *_, **__: code)
    lines: list[str] = []

    ended = run_drill(
        unattended=False, people=3, seed=1, keep=None, speed=20, say=lines.append
    )

    assert ended == code
    assert not list(tmp_path.iterdir())
