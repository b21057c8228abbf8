"""A person's card: what it shows, and what is kept of a person by its keys."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.score import DecideValidity, KeyScore, SettleDiscrepancy
from cptkiosk.domain.events.session import StepAuthorized
from cptkiosk.domain.rules import candidate_rules as pr
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Actor
from cptkiosk.ui.actions import ELSEWHERE
from cptkiosk.ui.dialogs.key_help import PageScreen
from cptkiosk.ui.dialogs.person import cents
from cptkiosk.ui.screens.person import PersonScreen
from support.center import DANA, DANA_PIN, LEE
from support.screens import screen_for
from support.sessions import a_session, ended, register
from support.sitting import Sitting, sit_down, why_not

KIM = "P1"


Card = Callable[..., AbstractAsyncContextManager[Sitting]]


@pytest.fixture
def card(desk: Desk, folder: Path) -> Card:
    """Return how to open Kim's card as an actor."""

    @asynccontextmanager
    async def look(
        actor: Actor = LEE, size: tuple[int, int] = (80, 24)
    ) -> AsyncIterator[Sitting]:
        async with sit_down(desk, folder, actor, size) as sitting:
            await sitting.show(PersonScreen(KIM))
            yield sitting

    return look


@pytest.fixture
def kim(desk: Desk) -> Desk:
    """Kim is registered for Safety, and has paid nothing."""
    register(desk, (KIM,), "safety")
    return desk


def settled(desk: Desk, line: str) -> tuple[str, ...]:
    """Return how a line of the statement was settled."""
    due = desk.lookups.statement(KIM).find_due(line)
    assert due is not None
    return due.settled


def entries(desk: Desk) -> int:
    return desk.ledger.head().seq


# Opening it


@pytest.mark.parametrize(
    ("place", "stage"),
    [
        ("people", Stage.PLANNED),
        ("check-in", Stage.CHECK_IN),
        ("testing", Stage.RUNNING),
        ("scores", Stage.ENDED),
    ],
)
async def test_a_card_opens_over_each_list_of_people_and_esc_goes_back(
    desk: Desk, folder: Path, place: str, stage: Stage
) -> None:
    a_session(desk, 1, stage)
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(screen_for(place, "a"))
        await sitting.press("P")
        sitting.showing(PersonScreen)
        assert "FamilyP1, Kim ID P1" in sitting.words
        await sitting.press("escape")
        assert place == sitting.screen.ROUTE


async def test_every_key_of_the_card_is_in_its_help_with_its_reason(
    kim: Desk, card: Card
) -> None:
    async with card() as sitting:
        keys = sitting.screen.action_table.all
        bound = set(sitting.screen._bindings.key_to_bindings)
        every = {key for one in keys for key in one.keys.split(",")}
        assert every | set(ELSEWHERE) == bound | set(ELSEWHERE)
        await sitting.press("question_mark")
        sitting.showing(PageScreen)
        assert "not now: No such conflict is on record." in sitting.words


# What it shows


async def test_a_card_shows_registrations_attempts_and_certificates(
    desk: Desk, card: Card
) -> None:
    a_session(desk, 1, Stage.ENDED)
    person = RegisterPerson(
        participant_id=KIM,
        family_name="FamilyP1",
        given_name="Kim",
        birth_date="2008-02-29",
        registration=Registration(
            "quality", "Q-77", 0, stop_clock=True, code_expires="2027-01-31"
        ),
    )
    desk.registrar.register([person], DANA)
    async with card(size=(120, 40)) as sitting:
        for said in (
            "Birth date Feb 29, 2008",
            "code Q-77, expires Jan 31, 2027, untimed, stop-clock breaks",
            "finished, 70/83 pass, session a",
            "Safety, passed Sep 21, 2026",
            "1 of 4",
            "no conflicts of interest",
        ):
            assert said in sitting.words


async def test_a_withdrawn_certificate_is_shown_with_the_decision(
    desk: Desk, card: Card
) -> None:
    a_session(desk, 1, Stage.ENDED)
    desk.perform(
        RecordIrregularity(
            session_id="a",
            code="ENV-ALARM",
            severity=3,
            scope="attempt",
            validity="withhold",
            attempt_ids=("P1-safety",),
            observed="A phone rang.",
            action_taken="",
        ),
        LEE,
    )
    void = DecideValidity(
        session_id="a",
        attempt_id="P1-safety",
        validity="void",
        reason="cheating",
        reference="MSSC-17",
    )
    desk.perform(void, DANA)
    async with card(size=(120, 40)) as sitting:
        assert "70/83 pass, void, reference MSSC-17" in sitting.words
        assert "withdrawn: Safety, passed" in sitting.words
        assert "0 of 4" in sitting.words


async def test_a_result_per_vendor_says_so(desk: Desk, card: Card) -> None:
    a_session(desk, 1)
    ended(desk, "a")
    for actor in (LEE, DANA):
        key = KeyScore(
            session_id="a", attempt_id="P1-safety", shown="63", vendor_verdict="pass"
        )
        desk.perform(key, actor)
    settle = SettleDiscrepancy(
        session_id="a", attempt_id="P1-safety", uphold="vendor", reason="rescored"
    )
    desk.perform(settle, DANA)
    async with card() as sitting:
        assert "63/83 pass per vendor" in sitting.words


async def test_entries_of_another_terminal_appear(kim: Desk, card: Card) -> None:
    async with card() as sitting:
        paid = pr.SettleFee(
            participant_id=KIM, item="safety-1", how="paid", reference="R-9"
        )
        kim.perform(paid, LEE)
        sitting.app.redraw_front()
        await sitting.settle()
        assert "paid R-9" in sitting.words


# What is kept by its keys


async def test_enter_settles_what_is_open_one_after_the_other(
    kim: Desk, card: Card
) -> None:
    async with card() as sitting:
        assert "Next: $50.00 due - record a payment" in sitting.words
        await sitting.press("enter", "enter", "enter")
        await sitting.fill("R-1042", "")
        assert settled(kim, "registration") == ("paid R-1042",)
        assert "Next: $22.00 due" in sitting.words
        assert f"#{entries(kim)}:" in sitting.words

        await sitting.press("f", "enter", "right", "right", "enter")
        await sitting.fill("INV-3", "22")
        assert settled(kim, "safety-1") == ("invoiced INV-3",)
        assert kim.lookups.statement(KIM).open_cents == 0
        assert "Nothing is due" in why_not(sitting, "settle_fee")


async def test_a_part_of_a_fee_is_settled(kim: Desk, card: Card) -> None:
    async with card() as sitting:
        await sitting.press("f", "enter", "enter")
        await sitting.fill("R-1", "ten")
        assert "dollars, for example 22 or 22.00" in sitting.words
        await sitting.press("ctrl+u")
        await sitting.fill("10.50")
        due = kim.lookups.statement(KIM).find_due("registration")
        assert due is not None
        assert due.open_cents == 1750


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("", 0),
        ("22", 2200),
        ("$22.50", 2250),
        ("22.5", None),
        ("0", None),
        ("-1", None),
    ],
)
def test_an_amount_is_dollars_or_nothing(text: str, amount: int | None) -> None:
    assert cents(text) == amount


async def test_a_proctors_waiver_is_approved_by_a_coordinator_in_place(
    kim: Desk, card: Card
) -> None:
    before = kim.candidate(KIM).version
    async with card() as sitting:
        await sitting.press("f", "enter", "right", "enter")
        await sitting.fill("board", "")
        assert "Only a coordinator can waive a fee" in sitting.words
        await sitting.fill("000000")
        assert "That PIN is not correct" in sitting.words
        assert kim.ledger.read_stream(f"candidate/{KIM}")[-1].version == before
        await sitting.fill(DANA_PIN)
        *_, approved, waived = kim.ledger.read_stream(f"candidate/{KIM}")
        assert isinstance(approved.event, StepAuthorized)
        assert (approved.event.by, approved.event.asked_by) == ("s1", "s2")
        assert waived.actor == "s1"


async def test_a_supplement_is_ordered_once(kim: Desk, card: Card) -> None:
    async with card() as sitting:
        await sitting.press("o")
        assert "Adds $70.00 to the fees due" in sitting.words
        await sitting.press("enter")
        assert kim.candidate(KIM).supplements == ("5923",)
        assert kim.lookups.statement(KIM).due_cents == 12000

        await sitting.press("o", "enter", "o", "enter")
        assert kim.candidate(KIM).supplements == ("5923", "5926", "5929")
        assert "already ordered" in why_not(sitting, "order")


async def test_consent_is_recorded_with_who_gave_it(kim: Desk, card: Card) -> None:
    async with card() as sitting:
        await sitting.press("c")
        await sitting.fill("Mary Ito", "")
        assert str(kim.candidate(KIM).consent) == "Mary Ito"
        assert "given by Mary Ito" in sitting.words


async def test_a_link_is_declared_and_the_coordinator_withdraws_it(
    kim: Desk, card: Card
) -> None:
    async with card() as sitting:
        await sitting.press("l", "right", "enter", "right", "right", "enter")
        assert kim.candidate(KIM).conflicts == {"s2": "family"}
        assert "Lee Wong is their family" in sitting.words
        await sitting.press("w", "enter")
        await sitting.fill("another Lee Wong")
        assert "Only a coordinator can withdraw a conflict" in sitting.words
        await sitting.press("escape")
        assert "no coordinator approved it" in sitting.words
        assert kim.candidate(KIM).conflicts == {"s2": "family"}

    async with card(DANA) as sitting:
        await sitting.press("w", "enter")
        await sitting.fill("another Lee Wong")
        assert kim.candidate(KIM).conflicts == {"s2": ""}
        assert "no conflicts of interest" in sitting.words


async def test_the_statement_is_written_and_its_path_said(
    kim: Desk, card: Card, folder: Path
) -> None:
    async with card(size=(200, 40)) as sitting:
        await sitting.press("p", "down", "down", "enter")
        (path,) = (folder / "reports").iterdir()
        assert str(path) in sitting.words
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[-1].split() == ["Total", "$50.00", "$0.00", "$50.00"]
        assert max(map(len, lines)) == 80


async def test_a_name_from_outside_stays_text(desk: Desk, card: Card) -> None:
    person = RegisterPerson(
        participant_id=KIM,
        family_name="[red]Fox[/]",
        given_name="Al",
        registration=Registration("safety", "[b]C[/b]"),
    )
    desk.registrar.register([person], DANA)
    async with card() as sitting:
        assert "[red]Fox[/], Al" in sitting.words
        assert "code [b]C[/b]" in sitting.words


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_no_line_of_the_card_runs_over(
    kim: Desk, card: Card, size: tuple[int, int]
) -> None:
    async with card(size=size) as sitting:
        lines = sitting.frame.split("\n")
        assert len(lines) == size[1]
        assert all(len(line) <= size[0] for line in lines)
