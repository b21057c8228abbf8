"""Any report of the vendor, right or wrong: no verified score changes by an import."""

from pathlib import Path
from random import Random

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.score import ExplainScore, KeyScore
from cptkiosk.domain.state import session_changes
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.official import Official
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.roster.model import ReadOptions
from cptkiosk.vendor.importer import Plan, load_report, plan_import, record_plan
from support.center import DANA, LEE
from support.options import USUAL_SEED, option
from support.sessions import a_session, ended
from support.vendor_reports import report_row, write_csv

FIRST = option("SEED", USUAL_SEED)
REPORTS = option("REPORTS", 6)
SHOWN = ("70", "64", "63", "84.34%", "77%", "76%", "0%", "100%", "n/a", "", "184%")
VERDICTS = ("", "", "Pass", "Fail", "perhaps")


def scored_by_chance(desk: Desk, chance: Random) -> None:
    """Enter scores once, twice, differently, or say why there are none."""
    for one in desk.session("a").attempts.values():
        about: AboutAttempt = {"session_id": "a", "attempt_id": one.attempt_id}
        for shown in chance.choice(
            ((), ("70",), ("70", "70"), ("63", "63"), ("64", "70"), ("77%", "77%"))
        ):
            as_ = "" if "%" in shown else "raw"
            desk.perform(KeyScore(**about, shown=shown, shown_as=as_), LEE)
        if chance.random() < 0.2:
            state = chance.choice(("pending", "not applicable"))
            desk.perform(ExplainScore(**about, state=state, reason="no network"), DANA)


def any_report(desk: Desk, chance: Random, path: Path) -> Path:
    """Write a report of some people, with some scores, in any order."""
    people = list(desk.session("a").attempts.values())
    rows = []
    for one in chance.sample(people, chance.randint(1, len(people))):
        row = report_row(one, chance.choice(SHOWN), chance.choice(VERDICTS))
        if chance.random() < 0.2:
            row[1] = chance.choice(("", "X-1", people[0].user_code))
        if chance.random() < 0.1:
            row[2] = chance.choice(("", "Somebody", people[-1].person.text))
        rows += [row] * chance.choice((1, 1, 1, 2))
    return write_csv(path, rows)


def verified(desk: Desk) -> dict[str, Attempt]:
    return {
        one.attempt_id: one
        for one in desk.session("a").attempts.values()
        if one.score.state is ScoreState.VERIFIED
    }


def plan_of(desk: Desk, path: Path) -> Plan:
    return plan_import(desk, load_report(desk, path, ReadOptions()), DANA)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + REPORTS))
def test_no_import_changes_a_verified_score(
    seed: int, desk: Desk, tmp_path: Path
) -> None:
    chance = Random(seed)
    a_session(desk, 8)
    ended(desk, "a")
    scored_by_chance(desk, chance)
    for number in range(6):
        path = any_report(desk, chance, tmp_path / f"{number}.csv")
        before = verified(desk)
        plan = plan_of(desk, path)
        if plan.to_record and not plan.report.asks_which:
            record_plan(desk, plan, DANA)
        after = verified(desk)
        assert before.keys() <= after.keys()
        for name, one in before.items():
            assert after[name].score == one.score
            assert after[name].keyings == one.keyings
        if not plan.report.asks_which:
            assert plan_of(desk, path).to_record == ()
    for one in desk.session("a").attempts.values():
        if one.official is Official.OFFICIAL:
            assert one.score.state is ScoreState.VERIFIED
        if one.counts:
            assert one.official is not Official.DIFFERS
    head = desk.ledger.head().seq
    assert verify_ledger(desk.ledger).entries == head
    assert session_changes.replay(desk.ledger.read_stream("session/a")) == (
        desk.session("a")
    )
