"""What is asked on a person's card, and the wish that each answer makes."""

import re
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

from cptkiosk.desk import Desk
from cptkiosk.domain import personal_record as pr
from cptkiosk.domain.fees import Due, dollars
from cptkiosk.domain.personal_record import CandidateCommand
from cptkiosk.persons import Card, courses
from cptkiosk.ui.actions import STAND_IN
from cptkiosk.ui.dialogs.question import Question, choice, from_fields, reason
from cptkiosk.ui.widgets.form import ChoiceField, TextField, Values

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
    help="nothing means all",
    reads=cents,
    unreadable="dollars such as 22 or 22.00, or nothing for all of it",
)


def open_lines(card: Card) -> tuple[Due, ...]:
    """Return what is due and not settled, or not wholly."""
    return tuple(one for one in card.statement.lines if one.open_cents)


def linked(card: Card, desk: Desk) -> tuple[tuple[str, str], ...]:
    """Return who of the staff is linked, with name and relation."""
    staff = desk.center.staff
    return tuple(
        (one, f"{staff[one].name if one in staff else one}, {relation}")
        for one, relation in card.candidate.conflicts.items()
        if relation
    )


def ask_fee(card: Card, _: Desk) -> CardQuestion:
    """Return the question what is settled of what is due, and how."""
    items = tuple(
        (one.item, f"{one.text} {dollars(one.open_cents)}") for one in open_lines(card)
    )
    return CardQuestion(
        "Settle a fee",
        (
            "Keep the number of the receipt, never a card's. A waiver needs the"
            " coordinator.",
        ),
        (
            ChoiceField("item", "What", items, value=items[0][0]),
            choice("how", "How", pr.HOW),
            TextField("reference", "Reference", help="receipt, invoice or decision"),
            AMOUNT,
        ),
        command=lambda values: pr.SettleFee(
            participant_id=card.candidate.participant_id,
            item=values.text("item"),
            how=values.text("how"),
            reference=values.text("reference"),
            amount_cents=cents(values.text("amount")) or 0,
        ),
        words=lambda values: f"{values['item']} {values['how']}",
    )


def ask_order(card: Card, desk: Desk) -> CardQuestion:
    """Return the question which supplement is ordered."""
    ordered = card.candidate.supplements
    left = [one for one in courses(desk.definitions) if one not in ordered]
    price = dollars(desk.definitions.fees.supplement_cents)
    return CardQuestion(
        "Order a supplement",
        (f"{price} will be due for it.",),
        (choice("course", "Course", left),),
        command=from_fields(
            pr.OrderSupplement, participant_id=card.candidate.participant_id
        ),
        words=lambda values: f"supplement {values['course']} ordered",
    )


def ask_consent(card: Card, _: Desk) -> CardQuestion:
    """Return the question who consented."""
    return CardQuestion(
        "Record consent",
        ("A parent or guardian consents to the assessment, in writing.",),
        (
            TextField("given_by", "Given by", help="their name"),
            TextField(
                "reason", "Why now", required=False, help="once check-in is open"
            ),
        ),
        command=from_fields(
            pr.RecordConsent, participant_id=card.candidate.participant_id
        ),
        words=lambda _: "consent recorded",
    )


def ask_link(card: Card, desk: Desk) -> CardQuestion:
    """Return the question who of the staff is linked with them, and how."""
    staff = tuple((one, m.name.text) for one, m in desk.center.staff.items())
    return CardQuestion(
        "Declare a link",
        ("They may not run a session of this candidate from then on.",),
        (
            ChoiceField("staff_id", "Who of the staff", staff, value=staff[0][0]),
            choice("relation", "Is their", pr.RELATIONS),
        ),
        command=from_fields(
            pr.DeclareConflict, participant_id=card.candidate.participant_id
        ),
        words=lambda values: f"link declared, {values['relation']}",
    )


def ask_unlink(card: Card, desk: Desk) -> CardQuestion:
    """Return the question which link is withdrawn, and why."""
    found = linked(card, desk)
    return CardQuestion(
        "Withdraw a link",
        ("It does not exist any more, or never did. Both entries stay.",),
        (
            ChoiceField("staff_id", "Who of the staff", found, value=found[0][0]),
            reason(),
        ),
        command=from_fields(
            pr.WithdrawConflict, participant_id=card.candidate.participant_id
        ),
        words=lambda _: "link withdrawn",
    )


def fee_command(card: Card, _: Desk) -> CandidateCommand | str:
    """Return what settles the first thing due, or why there is nothing."""
    due = open_lines(card)
    if not due:
        return "Nothing is open: all that is due is settled."
    return pr.SettleFee(
        participant_id=card.candidate.participant_id,
        item=due[0].item,
        how="paid",
        reference=STAND_IN,
    )


def order_command(card: Card, desk: Desk) -> CandidateCommand | str:
    """Return what orders a supplement, or why there is none."""
    known = courses(desk.definitions)
    left = [one for one in known if one not in card.candidate.supplements]
    if not known:
        return "No module belongs to a course that has a supplement."
    return pr.OrderSupplement(
        participant_id=card.candidate.participant_id, course=(left or list(known))[0]
    )


def unlink_command(card: Card, _: Desk) -> CandidateCommand | str:
    """Return what withdraws a link; of nobody if there is none."""
    found = [one for one, relation in card.candidate.conflicts.items() if relation]
    return pr.WithdrawConflict(
        participant_id=card.candidate.participant_id,
        staff_id=found[0] if found else "",
        reason=STAND_IN,
    )


def consent_command(card: Card, _: Desk) -> CandidateCommand:
    """Return what records a consent."""
    return pr.RecordConsent(
        participant_id=card.candidate.participant_id, given_by=STAND_IN
    )


def link_command(card: Card, desk: Desk) -> CandidateCommand:
    """Return what declares a link."""
    return pr.DeclareConflict(
        participant_id=card.candidate.participant_id,
        staff_id=next(iter(desk.center.staff)),
        relation=pr.RELATIONS[0],
    )
