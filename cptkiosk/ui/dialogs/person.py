"""What is asked on a person's card, and the command that each answer makes."""

import re
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Any

from cptkiosk.desk import Desk
from cptkiosk.domain.people.fees import Due, format_dollars, name_courses
from cptkiosk.domain.rules import candidate_rules as pr
from cptkiosk.domain.rules.candidate_rules import CandidateCommand
from cptkiosk.services.people import Card, list_courses
from cptkiosk.ui.dialogs.question import (
    NONE,
    DeskQuestion,
    Details,
    Known,
    name_staff,
    proposed_values,
)
from cptkiosk.ui.widgets.fields import Values

DOLLARS = re.compile(r"\$?(\d{1,5})(?:\.(\d{2}))?")


@dataclass(frozen=True, slots=True)
class CardQuestion(DeskQuestion):
    """A question on the card of a candidate, whose answer makes a command."""

    _: KW_ONLY
    command: Callable[[Values], CandidateCommand]


def _ask_of(
    card: Card,
    desk: Desk,
    dialog: str,
    make: Callable[..., CandidateCommand],
    details: Details = NONE,
    fields: Known = NONE,
    **options: Any,
) -> CardQuestion:
    """Return a question about a candidate: each field is an argument of `make`."""
    about = card.candidate

    def command(values: Values) -> CandidateCommand:
        return make(participant_id=about.participant_id, **values)

    return CardQuestion.from_catalog(
        dialog,
        {"person": about.person, **details},
        fields,
        command=command,
        work=lambda values, actor: desk.perform(command(values), actor),
        enter="save",
        **options,
    )


def cents(text: str) -> int | None:
    """Return '22', '22.00' or '$22.00' in cents, 0 for nothing, `None` if unreadable."""
    plain = text.strip()
    if not plain:
        return 0
    match = DOLLARS.fullmatch(plain)
    if match is None:
        return None
    return int(match[1]) * 100 + int(match[2] or 0) or None


def open_lines(card: Card) -> tuple[Due, ...]:
    """Return what is due and not settled, or not wholly."""
    return tuple(one for one in card.statement.lines if one.open_cents)


def find_linked(card: Card, desk: Desk) -> tuple[tuple[str, str], ...]:
    """Return who of the staff is linked, with name and relation."""
    staff = desk.center.staff
    return tuple(
        (one, f"{staff[one].name if one in staff else one}, {relation}")
        for one, relation in card.candidate.conflicts.items()
        if relation
    )


def ask_fee(card: Card, desk: Desk) -> CardQuestion | str:
    """Ask what is settled of what is due, and how."""
    items = [
        (one.item, f"{one.text} {format_dollars(one.open_cents)}")
        for one in open_lines(card)
    ]
    if not items:
        return "Nothing is due. All fees are settled."

    def settle(*, amount: str, **about: str) -> pr.SettleFee:
        return pr.SettleFee(amount_cents=cents(amount) or 0, **about)

    fields = {
        "item": {"options": items},
        "how": {"options": pr.HOW},
        "amount": {"reads": cents},
    }
    return _ask_of(card, desk, "settle-fee", settle, fields=fields)


def ask_order(card: Card, desk: Desk) -> CardQuestion | str:
    """Ask for the course whose supplement is ordered."""
    known = list(list_courses(desk.definitions))
    if not known:
        return "No course here has a supplement."
    left = [one for one in known if one not in card.candidate.supplements]
    names = name_courses(desk.definitions.modules)
    options = [(one, names[one]) for one in left or known]
    price = format_dollars(desk.definitions.fees.supplement_cents)
    person = card.candidate.person
    return _ask_of(
        card,
        desk,
        "order-supplement",
        pr.OrderSupplement,
        {"price": price},
        {"course": {"options": options}},
        words=lambda values: (
            f"{person}: supplement for course {names[values.text('course')]} ordered"
        ),
    )


def ask_consent(card: Card, desk: Desk) -> CardQuestion:
    """Ask who consented."""
    return _ask_of(card, desk, "record-consent", pr.RecordConsent)


def ask_link(card: Card, desk: Desk) -> CardQuestion:
    """Ask who of the staff is linked with them, and how."""
    fields = {
        "staff_id": {"options": name_staff(desk.center, desk.center.staff)},
        "relation": {"options": pr.RELATIONS},
    }
    return _ask_of(card, desk, "declare-conflict", pr.DeclareConflict, fields=fields)


def ask_unlink(card: Card, desk: Desk) -> CardQuestion:
    """Ask which link is withdrawn, and why."""
    found = find_linked(card, desk)
    return _ask_of(
        card,
        desk,
        "withdraw-conflict",
        pr.WithdrawConflict,
        fields={"staff_id": {"options": found}},
    )


def proposed_command(asked: CardQuestion | str) -> CandidateCommand | str:
    """Return what a question proposes, or why there is nothing to ask."""
    return asked if isinstance(asked, str) else asked.command(proposed_values(asked))
