"""Names that would steer a terminal, a screen or a spreadsheet: only text comes out."""

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import ReconcileScratch
from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import FinishAttempt, StartSession
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.services.assignment import build_assignment
from support import walk
from support.center import DANA
from support.sessions import opened, seated
from support.terminal import Terminal

NAMES = {
    "P1": "[red]Markup[/] [@click=app.quit()]q[/]",
    "P2": "Nguye\u0302\u0303n",
    "P3": "\u967d\u5b50 \u4f50\u85e4",
    "P4": "\u0645\u062d\u0645\u062f \u0639\u0644\u064a",
    "P5": "\u05d9\u05d5\u05e1\u05e3 \u05db\u05d4\u05df",
    "P6": "\U0001f468\u200d\U0001f469\u200d\U0001f467 Family",
    "P7": "=HYPERLINK(0)",
    "P8": "Long" * 25,
    "P9": "Evil\x1b]52;c;eA==\x07\x1b[2J\x9b31m\u202egnorts\x1b]0;owned\x07",
}
"""The last got into the record before its door was as narrow as it is now."""

STEERING = re.compile("[\x00-\x06\x07\x0b\x0c\x0e\x10-\x1a\x1c-\x1f\x7f-\x9f]")
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
POINTER = "\x1b]22;default\x07"
"""Textual's own, for a mouse that the kiosk does not even listen to."""

SEQUENCE = re.compile(r"\x1b\[[<>=?]?[0-9;]*[ $!]?[A-Za-z]|\x1b[78=>]")


def register(desk: Desk) -> None:
    people = [
        RegisterPerson(
            participant_id=about,
            family_name=name,
            given_name="Kim",
            registration=Registration("safety", f"CODE-{about}"),
        )
        for about, name in NAMES.items()
    ]
    desk.registrar.register(people, DANA)


def plan(desk: Desk) -> None:
    command = PlanSession(
        session_id=walk.SESSION,
        title="Morning [b]bold[/]",
        starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety",),
        rooms=(Room(name="[i]4", rows=4, columns=6),),
    )
    desk.perform(command, DANA)


def assign(desk: Desk) -> None:
    for about in NAMES:
        desk.perform(build_assignment(desk, walk.SESSION, about, "safety"), DANA)


def only_text(terminal: Terminal) -> None:
    """Check that what reached the terminal were places, colors and letters."""
    written = terminal.raw.decode()
    assert "\x1b]" not in written.replace(POINTER, ""), "an operating system command"
    assert not BIDI.search(written)
    rest = SEQUENCE.sub("", written.replace(POINTER, "")).replace("\x0f", "")
    assert not STEERING.search(rest)
    assert "\x1b" not in rest, repr(rest[rest.index("\x1b") :][:40])


def in_line(terminal: Terminal, word: str, count: int) -> None:
    """Check that a word begins in the same cell of every row that shows it."""

    def columns() -> list[int]:
        found = [terminal.column(y, word) for y in range(4, terminal.rows - 2)]
        return [x for x in found if x >= 0]

    terminal.wait_until(lambda: len(columns()) == count, f"{count} rows with {word}")
    assert len(set(columns())) == 1, f"{columns()}\n{terminal.text}"


@pytest.mark.slow
def test_hostile_names_are_text_from_the_plan_to_the_start(folder: Path) -> None:
    with walk.desk_of(folder) as desk:
        walk.center(desk)
        register(desk)
        plan(desk)
    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, walk.PEOPLE)
        in_line(terminal, "Safety", len(NAMES))
        walk.press_and_confirm(
            terminal, "A", f"Add {len(NAMES)} people to the attendance list"
        )
        terminal.wait_for(f"{len(NAMES)} people added to the attendance list")
        in_line(terminal, "yes", len(NAMES))
        terminal.wait_for("[b]bold[/]")
        walk.open_check_in(terminal)
        in_line(terminal, "· expected", len(NAMES))
        walk.pass_all_gates(terminal)
        with walk.desk_of(folder) as desk:
            for one in desk.session(walk.SESSION).attempts.values():
                if not one.seat:
                    seated(desk, walk.SESSION, one.attempt_id)
        in_line(terminal, "\u25c6 seated", len(NAMES))
        terminal.wait_for("[red]Markup[/]", "=HYPERLINK(0)")
        for _ in NAMES:
            terminal.press("down")
            terminal.settled()
        terminal.press("?")
        terminal.wait_for("Keys on this screen")
        terminal.press("esc")
        terminal.wait_gone("Keys on this screen")
        terminal.press("s")
        terminal.wait_for("Read aloud")
        walk.back_to_today(terminal)
        terminal.wait_for("[b]bold[/]", "[i]4")
        only_text(terminal)


@pytest.mark.slow
def test_hostile_names_are_text_from_the_test_to_the_bundle(
    folder: Path, tmp_path: Path
) -> None:
    with walk.desk_of(folder, ago_ms=60_000) as desk:
        walk.center(desk)
        register(desk)
        plan(desk)
        assign(desk)
        opened(desk, walk.SESSION)
        for one in desk.session(walk.SESSION).attempts:
            seated(desk, walk.SESSION, one)
        desk.perform(StartSession(session_id=walk.SESSION), DANA)
    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, "TESTING", "Ends")
        in_line(terminal, "Safety", len(NAMES))
        in_line(terminal, "\u25cf testing", len(NAMES))
        for key, title in (("c", "Credit for"), ("n", "Note about"), ("x", "End ")):
            terminal.press(key)
            terminal.wait_for(title, walk.QUESTION)
            walk.leave_question(terminal)
            terminal.record("b")
            terminal.press("down")
        irregularity(terminal)
        finished(folder)
        terminal.wait_for("end the session: no one is testing")
        walk.look()
        terminal.record("enter")
        terminal.wait_for("SCORES", "Outcome")
        in_line(terminal, "finished", len(NAMES))
        terminal.press("s")
        terminal.wait_for("Pass or fail shown")
        walk.leave_question(terminal)
        scored(folder)
        terminal.wait_gone("to enter")
        terminal.press("o")
        terminal.wait_for("CLOSE-OUT", "sign and seal")
        seal_and_bundle(terminal, tmp_path)
        only_text(terminal)
    cells_are_inert(tmp_path)


def irregularity(terminal: Terminal) -> None:
    terminal.press("i")
    terminal.wait_for("Seen or heard", "[x]")
    terminal.press("noise", "enter")
    for _ in NAMES:
        terminal.press("down")
    terminal.settled()
    walk.back_to_today(terminal)
    walk.take_next(terminal)
    terminal.wait_for("TESTING", "Ends")


def finished(folder: Path) -> None:
    with walk.desk_of(folder) as desk:
        for one in desk.session(walk.SESSION).attempts:
            command = FinishAttempt(session_id=walk.SESSION, attempt_id=one)
            desk.perform(command, DANA)


def scored(folder: Path) -> None:
    with walk.desk_of(folder) as desk:
        for one in desk.session(walk.SESSION).attempts:
            for _ in range(2):
                command = KeyScore(
                    session_id=walk.SESSION, attempt_id=one, shown="70", shown_as="raw"
                )
                desk.perform(command, DANA)
        counted = ReconcileScratch(session_id=walk.SESSION, returned=len(NAMES))
        desk.perform(counted, DANA)


def seal_and_bundle(terminal: Terminal, folder: Path) -> None:
    terminal.press("s")
    terminal.wait_for("Sign and seal", "Your PIN")
    terminal.press(walk.PIN, "enter")
    terminal.wait_for("sealed as revision 1")
    walk.look()
    # The whole record has the report and every text that was typed.
    terminal.press("B")
    terminal.wait_for("Write the record bundle", "Folder")
    walk.fill(terminal, str(folder))
    terminal.wait_for("bundle written and read back")


def cells_are_inert(folder: Path) -> None:
    """Check that no cell of a bundle is a formula, and no file of it holds control."""
    (bundle,) = folder.glob("*.zip")
    with zipfile.ZipFile(bundle) as inside:
        texts = {name: inside.read(name).decode() for name in inside.namelist()}
    for name, text in texts.items():
        if name.endswith(".csv"):
            rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
            cells = [cell for row in rows for cell in row]
            assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]
            assert not STEERING.search(text), name
            assert "\x1b" not in text
    assert any("=HYPERLINK(0)" in text for text in texts.values())
    assert "\x1b" not in texts["report.txt"]


@pytest.mark.slow
def test_control_characters_are_refused_at_the_door_with_row_and_reason(
    folder: Path, tmp_path: Path
) -> None:
    with walk.desk_of(folder) as desk:
        walk.center(desk)
    header = "User Code,Test Title,Last Name,First Name,Participant ID"
    rows = (
        "1001,Safety,Plain,Ann,900001",
        "1002,Safety,Evil\x1b[2J,Ann,900002",
        "1003,Safety,Turn\u202eed,Ann,900003",
    )
    roster = tmp_path / "r.csv"
    roster.write_text("\n".join((header, *rows, "")), encoding="utf-8")
    with walk.open_terminal(folder, cwd=tmp_path) as terminal:
        walk.sign_in(terminal)
        terminal.press("r")
        terminal.wait_for("r.csv")
        terminal.press("enter")
        terminal.wait_for("rows rejected")
        terminal.wait_row(" 3 ", "rejected", "control c")
        terminal.wait_row(" 4 ", "rejected", "text-direc")
        terminal.press("enter")
        terminal.wait_for("the roster is recorded")
        only_text(terminal)
    with walk.desk_of(folder) as desk:
        assert desk.candidate("900001").person == "Plain, Ann"
        assert not desk.candidate("900002").participant_id
        assert not desk.candidate("900003").participant_id
