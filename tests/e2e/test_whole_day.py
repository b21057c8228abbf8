"""A whole exam day through the real program, by keyboard alone."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.score_state import ScoreState, Validity
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import MINUTE_MS
from support import walk
from support.terminal import WAIT_S, Terminal

ROSTERS = Path(__file__).parents[1] / "data" / "rosters"
SCORES = {
    "Alvarez": ("80", "81", "80", "80"),
    "Chen": ("62", "62"),
    "Ibáñez": ("78", "78"),
    "Trần": ("79", "79"),
    "Washington": ("40", "40"),
    "Williams": ("80", "80"),
}
"""What is keyed for whom; Alvarez's second keying differs from the first."""


class Watched(Terminal):
    """A terminal of which every screen that is waited for must say what is next."""

    def wait_until(
        self, holds: Callable[[], object], what: str, seconds: float = WAIT_S
    ) -> str:
        shown = super().wait_until(holds, what, seconds)
        if self.says_next():
            return shown
        return super().wait_until(self.says_next, "a Next line")

    def says_next(self) -> bool:
        covered = any(sign in self.lines[2] for sign in "╭│╰")
        return covered or len(self.next.removeprefix("Next:").strip()) > 2


RUNNING_A_WHILE = re.compile(r"1:(29:(5[0-7]|[0-4]\d)|2[0-8]:\d\d)")


def one_by_one(terminal: Terminal) -> None:
    """Bring the first of the roll to a seat, each gate by itself."""
    gates = ("photo ID", "name", "eligible", "agreement", "phone", "accommodations")
    for gate in (*gates, "scratch", "seat", "user code"):
        # No birth date is on record, so that eligible is passed by itself.
        terminal.wait_row(">[", gate)
        walk.pass_first(terminal)


def check_in(terminal: Terminal) -> None:
    one_by_one(terminal)
    for name in ("Chen", "Ibáñez", "Lewis"):
        terminal.wait_row("Next:", name)
        walk.pass_all_gates(terminal)
    terminal.wait_row("Next:", "O'Brien")
    walk.look()
    walk.answer(terminal, "d", "Deny O'Brien", "no photo ID")
    terminal.wait_row("O'Brien, Olivia", "denied")
    terminal.wait_row("Next:", "Robinson")
    walk.look()
    terminal.record("a")
    terminal.wait_row("Robinson, Tyler", "absent")
    terminal.wait_row(f"{walk.CURSOR} Trần", "expected")
    walk.look()
    terminal.record("l")
    terminal.wait_row("Trần, Brianna", "late")
    terminal.wait_row("Next:", "Washington")
    terminal.wait_row(f"{walk.CURSOR} Washington")
    walk.pass_all_gates(terminal)
    walk.pass_all_gates(terminal)
    terminal.wait_for("start 6 clocks")


def late_arrival(terminal: Terminal) -> None:
    terminal.wait_for("check in Trần, Brianna on arrival")
    walk.take_next(terminal)
    terminal.wait_for("user code 906751036")
    walk.pass_all_gates(terminal, is_late=True)
    terminal.press("esc")
    terminal.wait_for("Left", "Ends", "start the clock for")
    walk.look()
    terminal.record("enter")
    terminal.wait_for("own clock started")


def breaks_and_credit(terminal: Terminal) -> None:
    walk.go_to(terminal, "Alvarez")
    walk.look()
    terminal.record("b")
    terminal.wait_row("Alvarez", "Safety", "break")
    walk.look()
    terminal.record("b")
    terminal.wait_row("Alvarez", "Safety", "testing")
    walk.go_to(terminal, "Chen")
    walk.answer(terminal, "p", "Pause Chen", "", "mouse broke")
    terminal.wait_row("Chen, Li", "Safety", "paused")
    walk.look()
    terminal.record("p")
    walk.answer(terminal, "c", "Credit for Chen", "2:30", "mouse replaced")
    terminal.wait_row("Chen, Li", "Safety", "+2:30")


def evacuation(terminal: Terminal) -> None:
    # The alarm is dated back two seconds, which must lie after the start.
    terminal.wait_until(
        lambda: RUNNING_A_WHILE.search(terminal.row("Lewis", "testing")),
        "the clocks to have run for three seconds",
    )
    terminal.press("h")
    terminal.wait_for(walk.QUESTION, "HALT ALL CLOCKS")
    terminal.press("tab", "clear", "0:02", "tab", "bell in the hall")
    terminal.record("enter")
    terminal.wait_for("HALTED since")
    terminal.wait_for("HALTED since", "Outside")
    walk.take_next(terminal)
    terminal.wait_for("No one is checked off")
    walk.look()
    terminal.press("enter")
    terminal.wait_for("[ ]", "Back")
    walk.press_and_confirm(terminal, "A", "as back")
    terminal.wait_for("everyone is back - resume")
    walk.go_to(terminal, "Lewis")
    terminal.press("space")
    terminal.wait_for("back at a seat: 1 left")
    terminal.press("r")
    terminal.wait_for("Lewis, Sean is not back and will be interrupted")
    terminal.record("enter")
    terminal.wait_row("A4", "Lewis", "interr")


def irregularity(terminal: Terminal) -> None:
    walk.go_to(terminal, "Washington")
    terminal.press("i")
    terminal.wait_for("Seen or heard", "Washington")
    terminal.press("noise", "enter", "enter", "enter")
    terminal.wait_for("ENV-NOISE")
    before = terminal.recorded
    walk.fill(terminal, "lawn mower outside")
    terminal.press("lawn mower", "tab", "1")
    # Told whom, severity and what it concerns are passed over.
    terminal.press("tab", "tab", "tab", "tab")
    terminal.press("window closed")
    terminal.press("tab", "clear", "1", "save")
    terminal.wait_for("Credit for Washington", "time lost 1:00")
    walk.leave_question(terminal)
    terminal.wait_for("irregularity ENV-NOISE", "TESTING")
    assert terminal.recorded > before


def finish_and_end(terminal: Terminal) -> None:
    for name in SCORES:
        walk.go_to(terminal, name)
        walk.look()
        walk.finish_early(terminal)
        terminal.wait_row(name, "finished")
    terminal.wait_for("end the session: no one is testing")
    walk.look()
    terminal.record("enter")
    terminal.wait_for("SCORES", "Outcome")


def key(terminal: Terminal, name: str, score: str, then: str) -> None:
    """Key one score for a person, and see what the row says."""
    walk.go_to(terminal, name)
    walk.look()
    terminal.press("s")
    terminal.wait_for(f"{name}", "Pass or fail shown")
    walk.fill(terminal, score)
    terminal.wait_until(
        lambda: (
            walk.QUESTION not in terminal.text
            and then in terminal.row(name, "finished")
        ),
        f"{name} to be '{then}'",
    )


def scores(terminal: Terminal) -> None:
    terminal.press("enter")
    terminal.wait_for("Alvarez, Renée - Safety", "Pass or fail shown")
    walk.fill(terminal, "84")
    terminal.press("enter")
    terminal.wait_for("84 is not possible", "0 to 83")
    walk.leave_question(terminal)
    for name, keyed in SCORES.items():
        for score, then in zip(keyed[-4:-2], ("1 entry", "differ"), strict=False):
            key(terminal, name, score, then)
        key(terminal, name, keyed[-2], "1 entry")
        key(terminal, name, keyed[-1], "pass")
    walk.go_to(terminal, "Lewis")
    walk.answer(terminal, "x", "No score for Lewis", "", "left in the alarm")


def close_out(terminal: Terminal, destination: Path) -> None:
    terminal.press("o")
    terminal.wait_for("CLOSE-OUT", "collect scratch paper: 7 sheets")
    walk.answer(terminal, "enter", "Scratch paper", "7", "")
    terminal.wait_for("sign and seal: everything is settled")
    terminal.press("s")
    terminal.wait_for("Sign and seal", "Your PIN")
    terminal.press("111111", "enter")
    terminal.wait_for("That PIN is not correct")
    walk.leave_question(terminal)
    assert "sealed as" not in terminal.text
    walk.look()
    terminal.press("s")
    terminal.wait_for("Sign and seal", "Your PIN")
    terminal.press(walk.PIN, "enter")
    terminal.wait_for("sealed as revision 1", "UPLOAD")
    walk.look()
    terminal.press("b")
    terminal.wait_for("Write the results bundle", "Folder")
    walk.fill(terminal, str(destination))
    terminal.wait_for("bundle written and read back", "release 6 user codes")
    walk.take_next(terminal)
    terminal.wait_for(walk.QUESTION, "Release them on the vendor's website first")
    walk.look()
    terminal.record("enter")
    terminal.wait_until(lambda: "go back" in terminal.next, "all to be done")
    walk.take_next(terminal)
    terminal.wait_for(walk.TODAY, "sealed r1")


@pytest.mark.slow
def test_a_whole_day_is_kept_as_it_was_keyed(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "o"
    out.mkdir()
    walk.shorten_countdown(data)
    with Watched("--data-dir", data, cwd=ROSTERS) as terminal:
        walk.first_run(terminal)
        walk.import_roster(terminal, "vendor-user-codes.csv", finds="18 new")
        walk.plan(terminal, (0, 1))
        walk.press_and_confirm(terminal, "A", "Add 9 people to the attendance list")
        terminal.wait_for("9 people added to the attendance list")
        walk.open_check_in(terminal)
        check_in(terminal)
        walk.start(terminal)
        late_arrival(terminal)
        breaks_and_credit(terminal)
        evacuation(terminal)
        irregularity(terminal)
        finish_and_end(terminal)
        scores(terminal)
        close_out(terminal, out)
        terminal.press("S")
        terminal.wait_for("enter your PIN")
        terminal.press("quit")
        assert terminal.wait_exit() == 0

    verified = subprocess.run(
        [sys.executable, "-m", "cptkiosk", "--data-dir", data, "ledger", "verify"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr
    with walk.desk_of(data) as desk:
        (session_id,) = (
            row[0] for row in desk.ledger.rows("SELECT session_id FROM session")
        )
        the_record_says(desk.session(session_id), out)


def the_record_says(session: Session, out: Path) -> None:
    """Check a session against what was keyed."""
    people = {
        one.person.text.partition(",")[0]: one for one in session.attempts.values()
    }
    assert {name: one.standing for name, one in people.items()} == {
        **dict.fromkeys(SCORES, AttemptProgress.FINISHED),
        "Lewis": AttemptProgress.INTERRUPTED,
        "O'Brien": AttemptProgress.DENIED,
        "Robinson": AttemptProgress.ABSENT,
    }
    assert {
        name: (one.score.raw_min, one.score.raw_max, one.score.state)
        for name, one in people.items()
        if name in SCORES
    } == {
        name: (int(keyed[-1]), int(keyed[-1]), ScoreState.VERIFIED)
        for name, keyed in SCORES.items()
    }
    assert people["Lewis"].score.state is ScoreState.PENDING
    assert str(people["Lewis"].score.reason) == "left in the alarm"
    assert str(people["O'Brien"].reason) == "no photo ID"
    assert {name for name, one in people.items() if one.counts} == {
        "Alvarez",
        "Ibáñez",
        "Trần",
        "Williams",
    }
    given = {name: one.credit_ms for name, one in people.items() if one.credit_ms}
    assert given == {"Chen": 2.5 * MINUTE_MS}
    assert {name for name, one in people.items() if one.late} == {"Trần"}
    assert [len(people[name].breaks) for name in ("Alvarez", "Chen")] == [1, 0]
    assert [len(people[name].stops) for name in ("Alvarez", "Chen")] == [0, 1]
    starts = {people[name].start_line_ms for name in SCORES if name != "Trần"}
    assert starts == {session.start_line_ms}
    late_ms = people["Trần"].start_line_ms
    assert session.start_line_ms is not None
    assert late_ms is not None
    assert late_ms > session.start_line_ms

    ((since, until),) = session.halts
    assert until is not None
    assert since + 2000 < until
    (one,) = session.irregularities
    assert one.event.code == "ENV-NOISE"
    assert one.event.attempt_ids == (people["Washington"].attempt_id,)
    assert one.event.minutes_lost == 1
    assert str(one.event.observed) == "lawn mower outside"
    assert all(one.validity is not Validity.WITHHELD for one in people.values())

    assert (session.stage, session.revision) == (Stage.SEALED, 1)
    assert session.scratch is not None
    assert (session.scratch.issued, session.scratch.returned) == (7, 7)
    (bundle,) = session.bundles
    assert bundle.destination == str(out)
    assert [path.name for path in out.iterdir()] == [bundle.file_name]
