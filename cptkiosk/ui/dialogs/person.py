"""What is asked on a person's card, and the command that each answer makes."""

import re
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

from cptkiosk.desk import Desk
from cptkiosk.domain.people.fees import Due, format_dollars, name_courses
from cptkiosk.domain.rules import candidate_rules as pr
from cptkiosk.domain.rules.candidate_rules import CandidateCommand
from cptkiosk.services.people import Card, list_courses
from cptkiosk.ui.dialogs.question import (
    REASON,
    Question,
    choice_field,
    proposed_values,
    staff_field,
)
from cptkiosk.ui.widgets.fields import ChoiceField, TextField, Values
from cptkiosk.ui.widgets.validators import Readable

DOLLARS = re.compile(r"\$?(\d{1,5})(?:\.(\d{2}))?")


@dataclass(frozen=True, slots=True)
class CardQuestion(Question):
    """A question on the card of a candidate, whose answer makes a command."""

    _: KW_ONLY
    command: Callable[[Values], CandidateCommand]
    words: Callable[[Values], str]
    """What the status line says of them once it is recorded."""


def cents(text: str) -> int | None:
    """Return '22', '22.00' or '$22.00' in cents, 0 for nothing, `None` if unreadable."""
    plain = text.strip()
    if not plain:
        return 0
    match = DOLLARS.fullmatch(plain)
    if match is None:
        return None
    return int(match[1]) * 100 + int(match[2] or 0) or None


AMOUNT = TextField(
    "amount",
    "Amount",
    required=False,
    help="leave empty for the full amount",
    validators=(
        Readable(
            cents, "dollars, for example 22 or 22.00, or empty for the full amount"
        ),
    ),
)


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


def ask_fee(card: Card, _: Desk) -> CardQuestion | str:
    """Ask what is settled of what is due, and how."""
    items = tuple(
        (one.item, f"{one.text} {format_dollars(one.open_cents)}")
        for one in open_lines(card)
    )
    if not items:
        return "Nothing is due. All fees are settled."
    return CardQuestion(
        "Record a payment",
        (
            "Record the receipt number, never a card number. A waiver needs a"
            " coordinator.",
        ),
        (
            ChoiceField("item", "Fee", items, value=items[0][0]),
            choice_field("how", "Status", pr.HOW),
            TextField("reference", "Reference", help="receipt, invoice, or decision"),
            AMOUNT,
        ),
        command=lambda values: pr.SettleFee(
            participant_id=card.candidate.participant_id,
            item=values.text("item"),
            how=values.text("how"),
            reference=values.text("reference"),
            amount_cents=cents(values.text("amount")) or 0,
        ),
        words=lambda values: f"{values.text('item')} {values.text('how')}",
    )


def ask_order(card: Card, desk: Desk) -> CardQuestion | str:
    """Ask for the course whose supplement is ordered."""
    known = list(list_courses(desk.definitions))
    if not known:
        return "No course here has a supplement."
    left = [one for one in known if one not in card.candidate.supplements]
    names = name_courses(desk.definitions.modules)
    options = tuple((one, names[one]) for one in left or known)
    price = format_dollars(desk.definitions.fees.supplement_cents)
    return CardQuestion(
        "Order a supplement",
        (f"Adds {price} to the fees due.",),
        (ChoiceField("course", "Course", options, value=options[0][0]),),
        command=lambda values: pr.OrderSupplement(
            participant_id=card.candidate.participant_id,
            course=values.text("course"),
        ),
        words=lambda values: (
            f"supplement for course {names[values.text('course')]} ordered"
        ),
    )


def ask_consent(card: Card, _: Desk) -> CardQuestion:
    """Ask who consented."""
    return CardQuestion(
        "Record consent",
        ("A parent or guardian has consented to the assessment in writing.",),
        (
            TextField("given_by", "Given by", help="name of the parent or guardian"),
            TextField(
                "reason", "Reason", required=False, help="needed once check-in is open"
            ),
        ),
        command=lambda values: pr.RecordConsent(
            participant_id=card.candidate.participant_id,
            given_by=values.text("given_by"),
            reason=values.text("reason"),
        ),
        words=lambda _: "consent recorded",
    )


def ask_link(card: Card, desk: Desk) -> CardQuestion:
    """Ask who of the staff is linked with them, and how."""
    return CardQuestion(
        "Declare a conflict",
        ("This staff member can no longer run this candidate's sessions.",),
        (
            staff_field(
                "staff_id", "Staff member", desk.center, list(desk.center.staff)
            ),
            choice_field("relation", "Relationship", pr.RELATIONS),
        ),
        command=lambda values: pr.DeclareConflict(
            participant_id=card.candidate.participant_id,
            staff_id=values.text("staff_id"),
            relation=values.text("relation"),
        ),
        words=lambda values: f"conflict declared, {values.text('relation')}",
    )


def ask_unlink(card: Card, desk: Desk) -> CardQuestion:
    """Ask which link is withdrawn, and why."""
    found = find_linked(card, desk)
    return CardQuestion(
        "Withdraw a conflict",
        (
            "Use this if it no longer exists, or never did. Both entries stay on record.",
        ),
        (
            ChoiceField(
                "staff_id", "Staff member", found, value=next(iter(dict(found)), "")
            ),
            REASON,
        ),
        command=lambda values: pr.WithdrawConflict(
            participant_id=card.candidate.participant_id,
            staff_id=values.text("staff_id"),
            reason=values.text("reason"),
        ),
        words=lambda _: "conflict withdrawn",
    )


def proposed_command(asked: CardQuestion | str) -> CandidateCommand | str:
    """Return what a question proposes, or why there is nothing to ask."""
    return asked if isinstance(asked, str) else asked.command(proposed_values(asked))
