"""The toolkit of the screens, widget by widget, without a terminal."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from rich.cells import cell_len
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from cptkiosk.ui.terminal.glyphs import ASCII, UNICODE, Glyphs
from cptkiosk.ui.widgets import bars
from cptkiosk.ui.widgets.bars import (
    HeaderBar,
    KeyBar,
    NextBar,
    StageBar,
    StatusBar,
    Tone,
)
from cptkiosk.ui.widgets.big_clock import BigClock
from cptkiosk.ui.widgets.fields import (
    ChoiceField,
    MultiChoiceField,
    TextField,
    ToggleField,
    Values,
)
from cptkiosk.ui.widgets.filterable_table import Column, FilterableTable, Row
from cptkiosk.ui.widgets.form import Form
from support.screens import focused_field
from support.sitting import SimulatedProctor

CODES = (("a", "Alarm"), ("b", "Blackout"), ("c", "Crowd"))
STAGES = ("Roster", "Check-in", "Start", "Testing", "Scores", "Close-out", "Upload")
COLUMNS = (Column("Seat", 4), Column("Person", 20, grow=True), Column("Left", 7))
NAMES = (
    *("Alvarez, María", "Brown, DeShawn", "陽子 Sato", "Nguye\u0302\u0303n, Zoë"),
    *("محمد علي", "👩\u200d🚀 Ride", "Łukasz [/foo]", "🇫🇷 Flag"),
)


class Shown(App[None]):
    """An app with one widget, which notes what it hears and how often it draws."""

    BINDINGS = [Binding("b", "heard", "Break"), Binding("enter", "next", "Next")]  # noqa: RUF012
    AUTO_FOCUS = "*"

    def __init__(self, widget: Widget, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self.widget, self.glyphs = widget, glyphs
        self.heard = self.nexts = 0
        self.messages: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def action_heard(self) -> None:
        self.heard += 1

    def action_next(self) -> None:
        self.nexts += 1

    def note(self, message: Message) -> None:
        self.messages.append(message)

    on_filterable_table_moved = on_form_changed = on_form_submitted = note

    def of(self, kind: type[Message]) -> list[Any]:
        return [one for one in self.messages if type(one) is kind]


@asynccontextmanager
async def showing(
    widget: Widget, size: tuple[int, int] = (80, 24), glyphs: Glyphs = UNICODE
) -> AsyncIterator[tuple[Shown, SimulatedProctor, list[int]]]:
    """Run an app with `widget`, and yield the app, hands on it, and the lines drawn."""
    app = Shown(widget, glyphs)
    drawn: list[int] = []
    draw = widget.render_line

    def counted(y: int) -> Strip:
        drawn.append(y)
        return draw(y)

    widget.render_line = counted  # type: ignore[method-assign]
    async with app.run_test(size=size) as pilot:
        hands = SimulatedProctor(app, pilot)
        await hands.settle()
        drawn.clear()
        yield app, hands, drawn


def lines(app: App[Any]) -> list[str]:
    """Return what the whole screen shows."""
    strips = app.screen._compositor.render_strips()
    return [strip.text.rstrip() for strip in strips]


def roll_of(names: Iterable[str] = NAMES, **options: Any) -> FilterableTable:
    table = FilterableTable(*COLUMNS, **options)
    table.set_rows(rows_of(names))
    return table


def rows_of(names: Iterable[str]) -> list[Row]:
    return [Row(name, (f"A{n}", name, "0:42:41")) for n, name in enumerate(names)]


async def test_a_bar_with_unchanged_content_is_not_redrawn() -> None:
    bar = HeaderBar()
    async with showing(bar) as (_, hands, drawn):
        bar.said = bars.HeaderText("A college", "13:41:07")
        await hands.settle()
        assert drawn
        drawn.clear()
        bar.said = bars.HeaderText("A college", "13:41:07")
        await hands.settle()
        assert not drawn


async def test_a_header_too_long_is_cut_but_keeps_its_clock() -> None:
    bar = HeaderBar()
    async with showing(bar, size=(40, 5)) as (app, hands, _):
        bar.said = bars.HeaderText(
            "A college with a long name [/foo] \x1b[2J", "D. Ortiz  13:41:07"
        )
        await hands.settle()
        assert lines(app)[0].startswith(" A college")
        assert "…" in lines(app)[0]
        assert lines(app)[0].endswith("D. Ortiz  13:41:07")
        assert len(lines(app)[0]) == 39


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (
            80,
            "0:42:41 left · Northfield · TN-0417     Lee Wong, proctor  2:28:36 PM CST",
        ),
        (70, "0:42:41 left · Northfield     Lee Wong, proctor  2:28:36 PM CST"),
        (56, "0:42:41 left · Northfield     Lee Wong  2:28:36 PM CST"),
        (50, "0:42:41 left · Nort…eld Lee Wong  2:28:36 PM CST"),
    ],
)
async def test_a_narrow_header_leaves_out_what_matters_least_and_never_a_clock(
    columns: int, shown: str
) -> None:
    bar = HeaderBar()
    async with showing(bar, size=(columns, 5)) as (app, hands, _):
        clocks, who = ("0:42:41 left",), ("Lee Wong", "proctor")
        bar.said = bars.HeaderText(
            "Northfield", "2:28:36 PM CST", clocks, "", "TN-0417", *who
        )
        await hands.settle()
        assert lines(app)[0].split() == shown.split()


async def test_the_stage_reads_without_color() -> None:
    bar = StageBar()
    async with showing(bar) as (app, hands, _):
        bar.said = bars.Stages(STAGES, 3, "17 testing")
        await hands.settle()
        assert "✓ Start  TESTING  Scores" in lines(app)[0]
        assert lines(app)[0].endswith("17 testing")
        bar.said = bars.Stages((), 0)
        await hands.settle()
        assert not lines(app)[0]


async def test_a_narrow_stage_line_still_says_where_we_are() -> None:
    bar = StageBar()
    async with showing(bar, size=(30, 5)) as (app, hands, _):
        bar.said = bars.Stages(STAGES, 3, "17 testing")
        await hands.settle()
        assert lines(app)[0].startswith(" 4 of 7  TESTING")


async def test_the_next_line_wraps_and_keeps_its_key() -> None:
    bar = NextBar()
    async with showing(bar, size=(30, 5)) as (app, hands, _):
        bar.said = ("Next: announce 30 minutes left to 8 people", "Enter")
        await hands.settle()
        assert "".join(lines(app)[:3]).split()[3:5] == ["Enter", "minutes"]


@pytest.mark.parametrize(
    ("tone", "sign"), [("pending", "pending"), ("warning", "!"), ("error", "ERROR")]
)
async def test_a_status_that_is_not_well_says_so_without_color(
    tone: Tone, sign: str
) -> None:
    bar = StatusBar()
    async with showing(bar) as (app, hands, _):
        bar.said = bars.Status("seat B1", tone, "all saved")
        await hands.settle()
        assert sign in lines(app)[0]
        assert lines(app)[0].endswith("all saved")


async def test_keys_that_do_not_fit_give_way_to_more_and_refused_ones_are_bracketed() -> (
    None
):
    bar = KeyBar()
    words, enabled = ("break", "resume", "help"), (True, False, True)
    hints = tuple(map(bars.KeyHint, "bp?", words, enabled))
    async with showing(bar, size=(40, 5)) as (app, hands, _):
        bar.said = hints
        await hands.settle()
        assert lines(app)[0] == " b break   (p resume)   ? help"
        bar.said = (*hints, bars.KeyHint("c", "credit for lost time"))
        await hands.settle()
        assert lines(app)[0] == " b break  (p resume)  ? more"


async def test_names_of_all_scripts_keep_the_columns_straight() -> None:
    async with showing(roll_of()) as (app, _, _):
        for line in lines(app)[1 : 1 + len(NAMES)]:
            before, _, after = line.partition("0:42:41")
            assert cell_len(before) == 73
            assert not after
        assert "Łukasz [/foo]" in "".join(lines(app))


async def test_moving_the_cursor_draws_two_rows_and_no_more() -> None:
    table = roll_of([f"Person {n}" for n in range(10_000)])
    async with showing(table) as (app, hands, drawn):
        await hands.press("down")
        assert sorted(set(drawn)) == [1, 2]
        assert table.cursor_key == "Person 1"
        assert lines(app)[2].startswith(f"{UNICODE.cursor} A1")
        moved = [one.key for one in app.of(FilterableTable.Moved)]
        assert moved == ["Person 0", "Person 1"]


async def test_the_head_stays_and_counts_the_rows_out_of_sight() -> None:
    table = roll_of([f"Person {n}" for n in range(100)])
    async with showing(table) as (app, hands, _):
        assert lines(app)[0].endswith("↓ 77")
        await hands.press("pagedown", "down", "down", "down")
        assert lines(app)[0].endswith("↑ 3  ↓ 74")
        assert lines(app)[0].startswith("  Seat Person")
        await hands.press("end")
        assert lines(app)[0].endswith("↑ 77")
        assert lines(app)[23].startswith(f"{UNICODE.cursor} A99")
        await hands.press("home")
        assert table.cursor_key == "Person 0"


async def test_only_a_row_that_changed_is_drawn_again() -> None:
    table = roll_of()
    async with showing(table) as (_, hands, drawn):
        rows = rows_of(NAMES)
        table.set_rows(rows)
        await hands.settle()
        assert not drawn
        rows[3] = rows[3]._replace(tone="attention")
        table.set_rows(rows)
        await hands.settle()
        assert set(drawn) == {4}


async def test_the_cursor_stays_with_its_row_and_goes_to_the_nearest_if_that_is_gone() -> (
    None
):
    table = roll_of("abcde")
    async with showing(table) as (_, _, _):
        table.move_to("c")
        table.set_rows(rows_of("xxcab".replace("xx", "ed")))
        assert table.cursor_key == "c"
        table.set_rows(rows_of("edab"))
        assert table.cursor_key == "a"
        table.set_rows([])
        assert table.cursor_key == ""


async def test_typing_after_a_slash_narrows_the_rows_and_reaches_no_other_key() -> None:
    table = roll_of()
    async with showing(table) as (app, hands, _):
        await hands.press("slash", *"alv mar")
        assert table.shown_keys == ("Alvarez, María",)
        assert lines(app)[0].endswith("/alv mar_  1 of 8")
        await hands.press("enter")
        assert (app.nexts, table.shown_keys) == (0, ("Alvarez, María",))
        await hands.press("b", "enter")
        assert (app.heard, app.nexts) == (1, 1)
        await hands.press("escape")
        assert len(table.shown_keys) == len(NAMES)


async def test_letters_that_are_keys_elsewhere_are_text_while_filtering() -> None:
    table = roll_of()
    async with showing(table) as (app, hands, _):
        await hands.press("slash", "b", "backspace", "l", "u", "k")
        assert (app.heard, table.shown_keys) == (0, ("Łukasz [/foo]",))
        await hands.press("x")
        assert any("no match for /lukx" in line for line in lines(app))


async def test_space_marks_only_where_rows_may_be_marked() -> None:
    table = roll_of("abc", markable=True)
    async with showing(table) as (app, hands, _):
        await hands.press("space", "end", "space", "space", "up", "space")
        assert table.marked_keys == ("a", "b")
        assert lines(app)[1].startswith(" * A0")
        table.set_rows(rows_of("bc"))
        assert [*table.marked_keys] == ["b"]
        table.markable = False
        await hands.press("space")
        assert [*table.marked_keys] == ["b"]


async def test_wide_screens_show_more_columns_and_narrow_ones_none_too_many() -> None:
    table = FilterableTable(
        Column("A", 5, grow=True), Column("Wide", 8, min_screen=100)
    )
    table.set_rows([Row("a", ("first", "second"))])
    async with showing(table) as (app, hands, _):
        assert "second" not in lines(app)[1]
        await hands.resize(120, 24)
        assert lines(app)[1].endswith("second")


async def test_an_empty_roll_says_so_in_the_middle() -> None:
    async with showing(FilterableTable(*COLUMNS, empty="Nobody yet.")) as (app, _, _):
        assert lines(app)[12].strip() == "Nobody yet."


async def test_a_face_shows_blocks_where_there_is_room_and_one_line_where_not() -> None:
    face = BigClock("0:42")
    async with showing(face) as (app, hands, drawn):
        assert lines(app)[0] == "█▀▀█     █  █  ▀▀▀█"
        assert lines(app)[4] == "▀▀▀▀        ▀  ▀▀▀▀"
        face.text = "0:42"
        await hands.settle()
        assert not drawn
        face.styles.height = 1
        await hands.settle()
        assert lines(app)[0] == "0:42"


async def test_a_face_on_a_poor_terminal_is_plain_ascii() -> None:
    async with showing(BigClock("+12:3-"), glyphs=ASCII) as (app, _, _):
        text = "".join(lines(app))
        assert text.isascii()
        assert "####" in text


def full_form() -> Form:
    return Form(
        TextField("name", "Name", help="first and last name"),
        TextField("pin", "PIN", secret=True, digits=True, max_cells=12),
        ChoiceField("module", "Module", (("s", "Safety"), ("q", "Quality"))),
        MultiChoiceField("rooms", "Rooms", (("1", "204"), ("2", "206"))),
        ToggleField("alarm", "Alarm"),
        TextField("note", "Note", required=False),
    )


async def test_a_form_is_filled_in_from_the_keyboard_alone() -> None:
    form = full_form()
    async with showing(form) as (app, hands, _):
        form.focus_first()
        await hands.press(*"Ana", "enter", *"1a2", "tab", *"qu", "enter")
        await hands.press("down", "space", "down", "tab", "y", "enter", "enter")
        (done,) = app.of(Form.Submitted)
        assert done.values == {
            **{"name": "Ana", "pin": "12", "module": "q"},
            **{"rooms": ("2",), "alarm": True, "note": ""},
        }
        assert app.of(Form.Changed)[0].values["name"] == "A"
        assert (app.heard, app.nexts) == (0, 0)
        assert "•• " in "\n".join(line + " " for line in lines(app))


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("mis", "MIS-TALK"),
        ("note", "MIS-NOTES"),
        ("left", "EXM-LEFT"),
        ("m", "MIS-TALK"),
    ],
)
async def test_matches_at_the_beginning_come_first(typed: str, chosen: str) -> None:
    options = (
        ("EXM-LEFT", "EXM-LEFT  Left without permission"),
        ("MIS-TALK", "MIS-TALK  Talked to somebody"),
        ("MIS-NOTES", "MIS-NOTES  Personal notes"),
    )
    form = Form(ChoiceField("code", "Code", options, value="EXM-LEFT"))
    async with showing(form) as (app, hands, _):
        form.focus_first()
        await hands.press(*typed)
        assert form.values()["code"] == chosen
        assert app.nexts == 0


@pytest.mark.parametrize("others", [(), (TextField("note", "Note", required=False),)])
async def test_up_and_down_choose_in_every_list_and_stay_at_its_ends(
    others: tuple[TextField, ...],
) -> None:
    form = Form(ChoiceField("code", "Code", CODES, value="a"), *others)
    async with showing(form) as (app, hands, _):
        form.focus_first()
        for key, held in (("up", "a"), ("down", "b"), ("down", "c"), ("down", "c")):
            await hands.press(key)
            assert (form.values()["code"], focused_field(form)) == (held, "code")
        assert (app.heard, app.nexts) == (0, 0)


async def test_up_and_down_stay_within_a_list_to_check_off() -> None:
    form = Form(MultiChoiceField("rooms", "Rooms", CODES), TextField("note", "Note"))
    async with showing(form) as (_, hands, _):
        form.focus_first()
        await hands.press("up", "space", *["down"] * 5, "space")
        assert (form.values()["rooms"], focused_field(form)) == (("a", "c"), "rooms")
        await hands.press("tab")
        assert focused_field(form) == "note"


async def test_an_open_list_takes_the_room_there_is_after_each_change() -> None:
    form = Form(
        ChoiceField("code", "Code", CODES, value="a"),
        *(TextField(f"note{n}", f"Note {n}") for n in range(8)),
    )
    async with showing(form) as (_, hands, _):
        form.focus_first()
        await hands.settle()
        entry = form._rows["code"].entry
        assert entry.size.height == 1 + len(CODES)
        await hands.resize(80, 12)
        assert entry.size.height == 1 + 2
        form.ask_for(form.fields[:4])
        await hands.settle()
        assert entry.size.height == 1 + len(CODES)
        await hands.resize(80, 24)
        form.ask_for(form.fields)
        await hands.settle()
        assert entry.size.height == 1 + len(CODES)


async def test_a_form_submitted_too_early_says_what_is_needed_and_goes_there() -> None:
    form = full_form()
    async with showing(form) as (app, hands, _):
        form.set_values({"name": "Ana", "unknown": "x"})
        form.focus_first()
        await hands.press("ctrl+s")
        assert not app.of(Form.Submitted)
        assert "! required" in "\n".join(lines(app))
        assert app.focused is form._rows["pin"].entry
        await hands.press("1")
        assert "\n".join(lines(app)).count("! required") == 1


async def test_errors_are_words_below_their_field_and_the_first_gets_the_keys() -> None:
    form = full_form()
    async with showing(form) as (app, hands, _):
        form.show_errors({"note": "too long", "pin": "6 to 12 digits"})
        await hands.settle()
        at = next(n for n, line in enumerate(lines(app)) if "PIN" in line)
        assert lines(app)[at].startswith(f"{UNICODE.cursor} PIN")
        assert lines(app)[at + 1].strip() == "! 6 to 12 digits"


async def test_filling_a_form_in_from_outside_is_no_change() -> None:
    form = full_form()
    async with showing(form) as (app, hands, _):
        given = Values(name="Ana", rooms=("1", "2"), alarm=True)
        form.set_values({**given, "module": "s"})
        form.set_values({"rooms": ("2", "gone", "1"), "module": "gone"})
        await hands.settle()
        assert {**form.values(), **given, "module": "s"} == form.values()
        assert not app.of(Form.Changed)


async def test_pasted_text_loses_its_control_characters() -> None:
    form = full_form()
    async with showing(form) as (app, hands, _):
        form.focus_first()
        entry = app.query(Input).first()
        entry.post_message(events.Paste("\x1b]52;c;x\x07[red]\u202ea\nsecond"))
        await hands.settle()
        assert form.values()["name"] == "]52;c;x[red]a second"
        assert "]52;c;x[red]a" in "\n".join(lines(app))


async def test_a_field_takes_no_more_cells_than_it_has() -> None:
    form = Form(TextField("name", "Name", max_cells=4))
    async with showing(form) as (_, hands, _):
        form.focus_first()
        await hands.press("陽", "a", "陽", "b", "c")
        assert form.values()["name"] == "陽ab"
