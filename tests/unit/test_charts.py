"""Charts are read without color, and say the same as the numbers beside them."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.text import cells
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ledger import queries
from cptkiosk.services.statistics import Rate, figures_of
from cptkiosk.ui.charts import bars, scores
from cptkiosk.ui.terminal.glyphs import ASCII, UNICODE, Glyphs
from support.center import LEE
from support.sessions import a_session, advance, attempt_id, ended, scored


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["rich", "plain"])
def test_a_bar_is_as_long_as_its_amount_and_nothing_is_drawn_as_nothing(
    glyphs: Glyphs,
) -> None:
    lines = bars([("a", 10, "10"), ("bb", 1, "1"), ("c", 0, "0")], 26, glyphs)

    drawn = [line.count(glyphs.full) for line in lines]
    assert drawn[0] == 20
    assert drawn[1] == 2
    assert drawn[2] == 0
    assert {cells(line) for line in lines} == {26}


def test_one_of_a_thousand_still_shows() -> None:
    assert bars([("a", 1000, ""), ("b", 1, "")], 30, UNICODE)[1].count("█") == 1


def test_the_cut_stands_between_the_last_that_fails_and_the_first_that_passes() -> None:
    line, scale = scores([63, 64], 83, 64, 60, UNICODE)

    before, _, after = line.partition("|")
    assert before.rstrip("·").endswith("1")
    assert after.startswith("1")
    assert "passing 64" in scale
    assert scale.endswith("83")


@pytest.mark.parametrize("width", [20, 40, 60, 100])
@pytest.mark.parametrize(("items", "cut"), [(83, 64), (94, 74), (4, 1), (4, 4)])
def test_every_score_is_drawn_on_its_side_of_the_cut(
    width: int, items: int, cut: int
) -> None:
    raws = list(range(items + 1))
    line, scale = scores(raws, items, cut, width, ASCII)
    failed, _, passed = line.partition("|")

    def count(part: str) -> int:
        return sum(int(one) for one in part if one.isdigit())

    if "+" not in line:
        assert count(failed) == cut
        assert count(passed) == items + 1 - cut
    assert cells(line) <= max(21, width)
    assert cells(scale) <= max(21, width) + 4


def test_figures_count_verified_scores_and_irregularities(desk: Desk) -> None:
    a_session(desk, 3, stage=Stage.SEALED)
    a_session(desk, 2, stage=Stage.RUNNING, session_id="b", module="quality")
    for _ in range(2):
        command = c.RecordIrregularity(
            session_id="b",
            code="MIS-TALK",
            severity=2,
            scope="attempt",
            validity="flag",
            attempt_ids=("bP1-quality",),
            observed="whispering",
            action_taken="moved",
        )
        desk.perform(command, LEE)
    desk.perform(
        c.RecordIrregularity(
            session_id="b",
            code="EXM-ILL",
            severity=2,
            scope="attempt",
            validity="flag",
            attempt_ids=("bP1-quality",),
            observed="felt ill",
            action_taken="went out",
            supersedes="b-i1",
        ),
        LEE,
    )

    found = figures_of(desk)

    assert found.by_module == (Rate("Safety", 3, 3),)
    assert found.by_month[0].label.endswith("Safety")
    assert dict(found.irregularities) == {"MIS-TALK": 1, "EXM-ILL": 1}
    assert sum(count for _, count in found.minutes_used) == 3


def test_a_finish_noticed_late_is_no_time_used_and_a_withheld_score_no_rate(
    desk: Desk,
) -> None:
    a_session(desk, 2)
    advance(desk, 200 * MINUTE_MS)
    ended(desk, "a")
    desk.perform(
        c.RecordIrregularity(
            session_id="a", code="MIS-DEVICE1", scope="attempt",
            attempt_ids=(attempt_id("P2"),), severity=3, validity="withhold",
            observed="a phone under the desk", action_taken="taken away",
        ),
        LEE,
    )  # fmt: skip
    scored(desk, "a")

    (one,) = queries.list_scored(desk.ledger)
    assert one.used_ms == 90 * MINUTE_MS
