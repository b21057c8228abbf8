"""A rehearsed day: everything happens, no time is lost, and it can be repeated."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.definitions.load import load_definitions
from cptkiosk.desk import Desk
from cptkiosk.desk.pins import check_new_pin
from cptkiosk.domain.events.checkin import AttemptDenied, AttemptExpectedLate
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.events.halt import SessionHalted
from cptkiosk.domain.events.score import ScoreKeyed
from cptkiosk.domain.events.testing import (
    AnnouncementMade,
    AttemptEndedEarly,
    AttemptFinished,
    PauseBegan,
)
from cptkiosk.domain.state import session_changes
from cptkiosk.domain.state.attempt import OUTCOMES, AttemptProgress
from cptkiosk.domain.state.score_state import ScoreState, Validity
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.text import cells, clean_text
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.drill import sample_center
from cptkiosk.drill.people import make_people
from cptkiosk.drill.run import run_drill
from cptkiosk.drill.running_phase import RunningPhase
from cptkiosk.drill.sample_center import PIN, make_center, rooms_for
from cptkiosk.drill.simulated_proctor import DrillFailed, HandClock, Stopwatches
from cptkiosk.errors import ExitCode, UsageError
from cptkiosk.host.clock import SpedClock, SystemClock, system_zone
from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger import queries
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.ui.options import KioskOptions

PEOPLE = 24
SEED = 7
ATTEMPT_ENDS = (AttemptFinished, AttemptEndedEarly, AttemptDenied)


def play(
    folder: Path | None, people: int = PEOPLE, seed: int = SEED
) -> tuple[int, list[str]]:
    lines: list[str] = []
    code = run_drill(
        unattended=True,
        people=people,
        seed=seed,
        keep=folder,
        speed=1,
        say=lines.append,
    )
    return code, lines


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("played") / "kept"
    code, lines = play(folder)
    with closing(Ledger(folder / "ledger.db", "test", read_only=True)) as ledger:
        desk = Desk(ledger, SystemClock(), load_definitions())
        (line,) = queries.list_sessions(ledger)
        yield folder, code, lines, desk, desk.session(line.session_id)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Ledger(tmp_path / "data" / "ledger.db", "test")) as ledger:
        yield Desk(ledger, HandClock(1_800_000_000_000), load_definitions())


def entries(desk: Desk, session: Session) -> tuple[Entry, ...]:
    return desk.ledger.read_stream(f"session/{session.session_id}")


def events(desk: Desk, session: Session, *kinds: type[Fact]) -> list[Any]:
    return [one.event for one in entries(desk, session) if isinstance(one.event, kinds)]


def test_the_day_ends_well(played: Any) -> None:
    _, code, _, desk, session = played

    assert code == ExitCode.DONE
    assert session.stage is Stage.SEALED
    assert desk.center.rehearsal


def test_the_ledger_verifies(played: Any) -> None:
    _, _, lines, desk, _ = played
    verified = verify_ledger(desk.ledger)

    assert verified.signed_heads == 1
    assert any(verified.head in line for line in lines)


def test_the_same_seed_says_the_same_but_for_hashes(
    played: Any, tmp_path: Path
) -> None:
    folder, _, lines, _, _ = played
    _, again = play(tmp_path / "again")

    def comparable(said: list[str], root: Path) -> str:
        text = "\n".join(said).replace(str(root), "FOLDER")
        return re.sub(r"[0-9a-f]{64}", "HASH", text)

    assert comparable(lines, folder) == comparable(again, tmp_path / "again")


def test_another_seed_makes_another_day(played: Any, tmp_path: Path) -> None:
    _, _, lines, _, _ = played
    _, others = play(tmp_path / "other", seed=SEED + 1)

    assert lines[:40] != others[:40]


def test_each_line_carries_local_time_number_and_sentence(played: Any) -> None:
    _, _, lines, _, _ = played
    steps = lines[: lines.index("")]

    assert all(
        re.match(r" *\d+:\d\d:\d\d( [AP]M)?  (#\d+ +| {7})\S", one) for one in steps
    )
    assert any(one.endswith("seat A1 in room 204") for one in steps)
    numbers = [int(one) for one in re.findall(r"  #(\d+) ", "\n".join(steps))]
    assert numbers == sorted(set(numbers))


def test_no_line_can_steer_a_terminal(played: Any) -> None:
    _, _, lines, _, _ = played

    assert all(line == "" or clean_text(line, cells_max=400) for line in lines)
    assert not [line for line in lines if re.search(r"[\x00-\x1f\x7f-\x9f]", line)]


def test_every_attempt_has_one_outcome(played: Any) -> None:
    _, _, _, desk, session = played
    ends = Counter(one.attempt_id for one in events(desk, session, *ATTEMPT_ENDS))
    tested = {key for key, one in session.attempts.items() if one.start_line_ms}

    assert len(session.attempts) == PEOPLE
    assert all(one.standing in OUTCOMES for one in session.attempts.values())
    assert ends == dict.fromkeys(tested, 1)


def test_one_comes_late_on_their_own_clock_and_one_never_comes(played: Any) -> None:
    _, _, _, desk, session = played
    absent = [
        o for o in session.attempts.values() if o.standing is AttemptProgress.ABSENT
    ]
    late = [one for one in session.attempts.values() if one.start_line_ms and one.late]

    assert len(absent) == len(late) == 1
    assert late[0].start_line_ms > session.start_line_ms
    assert len(events(desk, session, AttemptExpectedLate)) == 1


def test_every_score_is_keyed_twice_by_two_people(played: Any) -> None:
    _, _, _, _, session = played
    scored = [one.score for one in session.attempts.values() if one.start_line_ms]

    assert all(score.state is ScoreState.VERIFIED for score in scored)
    assert {(score.keyed_by, score.verified_by) for score in scored} == {("s2", "s1")}


def test_the_wrong_keying_is_on_record_and_corrected(played: Any) -> None:
    _, _, _, desk, session = played
    keyed: dict[str, list[int]] = {}
    for one in events(desk, session, ScoreKeyed):
        keyed.setdefault(one.attempt_id, []).append(one.raw_min)
    (slip,) = [key for key, scores in keyed.items() if len(scores) > 2]
    wrong, *right = keyed[slip]

    assert len(right) == 3
    assert set(right) == {session.attempts[slip].score.raw_min}
    assert wrong not in right


def test_63_of_83_fails_and_64_passes(played: Any) -> None:
    _, _, _, _, session = played
    safety = [o for o in session.attempts.values() if o.module.module_id == "safety"]
    verdicts = {one.score.raw_min: one.verdict.passed for one in safety if one.verdict}

    assert verdicts[63] is False
    assert verdicts[64] is True


def test_the_alarm_halts_from_the_alarm_on_and_names_everybody(played: Any) -> None:
    _, _, _, desk, session = played
    (alarm,) = [o.event for o in session.irregularities if o.event.code == "ENV-ALARM"]
    code = desk.definitions.irregularity("ENV-ALARM")
    tested = {key for key, one in session.attempts.items() if one.start_line_ms}
    (halt,) = session.halts
    (halted,) = [
        o for o in entries(desk, session) if isinstance(o.event, SessionHalted)
    ]

    assert set(alarm.attempt_ids) == tested
    assert (alarm.severity, alarm.scope) == (code.severity, code.scope)
    assert alarm.happened_at_utc_ms == halt[0]
    assert session.timeline_ms(halted.at) - halt[0] == 40_000
    assert all(session.attempts[key].validity is Validity.FLAGGED for key in tested)


def test_a_frozen_workstation_gets_back_what_was_measured(played: Any) -> None:
    _, _, _, desk, session = played
    (frozen,) = [one for one in session.attempts.values() if one.credit_ms]
    (pause,) = [
        one for one in entries(desk, session) if isinstance(one.event, PauseBegan)
    ]
    (note,) = [one for one in session.notes if one[2].attempt_id == frozen.attempt_id]

    assert frozen.credit_ms == pause.at.boot_ms - note[0].boot_ms
    assert frozen.stops[0][1] is not None


def test_announcements_are_read_to_each_cluster_as_they_fall_due(played: Any) -> None:
    _, _, _, desk, session = played
    story = entries(desk, session)
    made = [
        (place, one.at, one.event)
        for place, one in enumerate(story)
        if isinstance(one.event, AnnouncementMade)
    ]

    assert {event.minutes for _, _, event in made} == {30, 10, 5}
    for place, at, event in made:
        then = session_changes.replay(story[:place])
        left = {
            then.left_ms(then.attempts[key], then.timeline_ms(at))
            for key in event.attempt_ids
        }
        assert left == {event.minutes * MINUTE_MS}


def test_some_run_to_the_end_and_some_finish_early(played: Any) -> None:
    _, _, _, _, session = played
    left = [
        session.left_ms(one, one.end_line_ms)
        for one in session.attempts.values()
        if one.end_line_ms
    ]

    assert min(left) < 0 < max(left)


def test_the_bundle_is_there_and_says_it_is_a_rehearsal(played: Any) -> None:
    folder, _, lines, _, session = played
    (bundle,) = (folder / "bundles").iterdir()

    assert session.bundles[0].file_name == bundle.name
    assert any(bundle.name in line for line in lines)
    with zipfile.ZipFile(bundle) as archive:
        assert archive.testzip() is None
        assert b'"rehearsal": true' in archive.read("manifest.json")


def test_the_summary_adds_up(played: Any) -> None:
    _, _, lines, _, session = played
    after = lines[lines.index("") + 1 :]
    summary = {line[:16].strip(): line[16:] for line in after}
    counts = re.findall(r"\d+", summary["Safety"] + " " + summary["Quality"])
    certificates = sum(one.counts for one in session.attempts.values())

    assert summary["People"] == "24: 23 seated, 1 absent, 1 late"
    assert sum(map(int, counts)) == 23
    assert summary["Credits"] == "1 (1:10)"
    assert summary["Certificates"].startswith(f"{certificates} module certificates")


@pytest.mark.parametrize(
    "people",
    [2, 3, 4, 5, 6, 7, *(pytest.param(n, marks=pytest.mark.soak) for n in (120, 500))],
)
def test_a_day_with_few_or_many_people_works(people: int, tmp_path: Path) -> None:
    code, lines = play(tmp_path / "kept", people, seed=people)

    assert code == ExitCode.DONE, lines[-1]
    assert any(line.split()[:2] == ["People", f"{people}:"] for line in lines)


@pytest.mark.parametrize("seed", range(8))
def test_a_day_with_three_people_works_with_any_seed(seed: int, tmp_path: Path) -> None:
    code, lines = play(tmp_path / "kept", 3, seed)

    assert code == ExitCode.DONE, lines[-1]


@pytest.mark.parametrize("people", [0, 1, 501])
def test_people_out_of_range_are_refused(people: int) -> None:
    with pytest.raises(UsageError, match="2 to 500"):
        run_drill(unattended=True, people=people, seed=1, keep=None, speed=1)


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(UsageError, match="not an empty folder"):
        play(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    with pytest.raises(UsageError, match="not an empty folder"):
        play(tmp_path / "file")


def test_nothing_stays_behind_unless_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code, _ = play(None, people=2)

    assert code == ExitCode.DONE
    assert not list(tmp_path.iterdir())


def test_a_failure_is_a_sentence_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def lost(*_args: object) -> None:
        raise DrillFailed("Somebody lost time.")

    monkeypatch.setattr(RunningPhase, "run", lost)
    code, lines = play(tmp_path / "kept", people=2)

    assert code == ExitCode.UNVERIFIED
    assert lines[-1] == "The rehearsal failed. Somebody lost time."


def test_a_refusal_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sample_center, "COORDINATOR", sample_center.PROCTOR)
    code, lines = play(tmp_path / "kept", people=2)

    assert code == ExitCode.UNVERIFIED
    assert "already on the staff list" in lines[-1]


def test_the_stopwatches_notice_a_lost_millisecond(played: Any) -> None:
    _, _, _, _, session = played
    watches = Stopwatches()
    one = next(one for one in session.attempts.values() if one.end_line_ms)
    watches.start([one.attempt_id])
    watches.give(one.attempt_id, one.credit_ms)
    watches.pass_time(session.elapsed_ms(one, one.end_line_ms))
    watches.check_record(session, one.end_line_ms)
    watches.pass_time(1)

    with pytest.raises(DrillFailed, match="lost or gained time"):
        watches.check_record(session, one.end_line_ms)


def test_lines_reach_a_terminal_that_knows_only_ascii(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", stdout)
    code = run_drill(unattended=True, people=12, seed=1, keep=None, speed=1)
    stdout.flush()

    assert code == ExitCode.DONE
    assert b"Chen, Li" in stdout.buffer.getvalue()


def test_the_people_are_as_hard_as_real_ones() -> None:
    commands = make_people(PEOPLE, SEED)
    names = Counter(
        {
            one.participant_id: (one.family_name, one.given_name) for one in commands
        }.values()
    )

    assert names["Chen", "Li"] == 2
    assert names["Fox", "Robin"] == 1
    assert all(re.fullmatch(r"9\d{5}", one.participant_id) for one in commands)
    registered = [one.registration for one in commands if one.registration]
    assert len(registered) == len(commands)
    assert {one.module_id for one in registered} == {"safety", "quality"}
    assert {one.factor_permille for one in registered} == {1000, 1500}
    codes = [one.user_code for one in registered]
    assert len(set(codes)) == len(codes)


def test_the_names_fit_a_line_and_hold_nothing_harmful() -> None:
    for one in make_people(500, 1):
        for text in (one.family_name, one.given_name):
            assert clean_text(text) == text
            assert 0 < cells(text) < 40


def test_the_people_are_the_same_for_the_same_seed() -> None:
    assert make_people(50, 3) == make_people(50, 3)
    assert make_people(50, 3) != make_people(50, 4)


@pytest.mark.parametrize("people", [2, 3, 24, 119, 120, 121, 500])
def test_the_rooms_have_a_seat_for_everybody(people: int) -> None:
    rooms = rooms_for(people)
    seats = sum(len(room.seat_labels()) for room in rooms)

    assert people <= seats <= people * 2 + 2
    assert rooms[0].name == "204"
    assert len({room.name for room in rooms}) == len(rooms)
    assert all(room.rows <= 26 and room.columns <= 40 for room in rooms)


def test_the_pin_is_one_that_may_be_set() -> None:
    check_new_pin(PIN, load_definitions().policies.pin_digits_min)


def test_the_stage_is_ready_to_check_in(desk: Desk) -> None:
    actor, session_id = make_center(desk, SEED, PEOPLE)
    session = desk.session(session_id)

    assert session.stage is Stage.PLANNED
    assert len({one.participant_id for one in session.attempts.values()}) == PEOPLE
    ahead_ms = session.starts_at_utc_ms - desk.now().utc_ms
    assert 10 * MINUTE_MS <= ahead_ms <= 15 * MINUTE_MS
    assert desk.center.staff[actor.staff_id].name.text == sample_center.PROCTOR
    assert desk.center.rehearsal
    assert desk.center.site_code == "DRILL"


def test_the_time_zone_is_the_systems_or_a_valid_one() -> None:
    assert system_zone({"TZ": "America/Chicago"}) == "America/Chicago"
    assert system_zone({"TZ": ":Asia/Tokyo"}) == "Asia/Tokyo"
    assert system_zone({"TZ": "../../etc/passwd"}) == system_zone({})


def test_an_attended_rehearsal_opens_the_kiosk_signed_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = []

    def opened(desk: Desk, paths: Paths, options: KioskOptions) -> int:
        assert options.signed_in is not None
        who = options.signed_in.staff_id
        seen.append((desk.center.name, paths.root, who, desk.clock))
        return 0

    monkeypatch.setattr("cptkiosk.ui.startup.open_kiosk", opened)
    lines: list[str] = []
    code = run_drill(
        unattended=False, people=5, seed=1, keep=tmp_path, speed=20, say=lines.append
    )
    ((name, root, staff_id, clock),) = seen

    assert code == 0
    assert (name, root, staff_id) == ("Rehearsal Center", tmp_path, "s2")
    assert isinstance(clock, SpedClock)
    assert PIN in lines[0]


@pytest.mark.parametrize("code", [0, 1])
def test_a_kiosk_that_ended_by_a_fault_leaves_its_log_to_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int
) -> None:
    def opened(_desk: Desk, paths: Paths, _options: KioskOptions) -> int:
        paths.log.write_text("what went wrong")
        return code

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("cptkiosk.ui.startup.open_kiosk", opened)
    lines: list[str] = []
    ended = run_drill(
        unattended=False, people=5, seed=1, keep=None, speed=20, say=lines.append
    )
    assert ended == code
    assert bool(list(tmp_path.glob("*/kiosk.log"))) == bool(code)
    assert any(f"Saved in {tmp_path}" in line for line in lines) == bool(code)
