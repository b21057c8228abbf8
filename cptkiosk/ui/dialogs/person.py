"""What is asked on a person's card, and the wish that each answer makes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass

from cptkiosk.desk import Desk
from cptkiosk.domain import personal_record as pr
from cptkiosk.domain.fees import Due, dollars
from cptkiosk.domain.personal_record import CandidateCommand
from cptkiosk.persons import Card, courses
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


def _fee(card: Card, _: Desk) -> CardQuestion:
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


def _order(card: Card, desk: Desk) -> CardQuestion:
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


def _consent(card: Card, _: Desk) -> CardQuestion:
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


def _link(card: Card, desk: Desk) -> CardQuestion:
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


def _unlink(card: Card, desk: Desk) -> CardQuestion:
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


QUESTIONS: Mapping[str, Callable[[Card, Desk], CardQuestion]] = {
    "settle_fee": _fee,
    "order": _order,
    "consent": _consent,
    "link": _link,
    "unlink": _unlink,
}


def _probe_fee(card: Card, _: Desk) -> CandidateCommand | str:
    due = open_lines(card)
    if not due:
        return "Nothing is open: all that is due is settled."
    return pr.SettleFee(
        participant_id=card.candidate.participant_id,
        item=due[0].item,
        how="paid",
        reference="?",
    )


def _probe_order(card: Card, desk: Desk) -> CandidateCommand | str:
    known = courses(desk.definitions)
    left = [one for one in known if one not in card.candidate.supplements]
    if not known:
        return "No module belongs to a course that has a supplement."
    return pr.OrderSupplement(
        participant_id=card.candidate.participant_id, course=(left or list(known))[0]
    )


def _probe_unlink(card: Card, _: Desk) -> CandidateCommand | str:
    found = [one for one, relation in card.candidate.conflicts.items() if relation]
    return pr.WithdrawConflict(
        participant_id=card.candidate.participant_id,
        staff_id=found[0] if found else "",
        reason="?",
    )


PROBES: Mapping[str, Callable[[Card, Desk], CandidateCommand | str]] = {
    "settle_fee": _probe_fee,
    "order": _probe_order,
    "unlink": _probe_unlink,
    "consent": lambda card, _: pr.RecordConsent(
        participant_id=card.candidate.participant_id, given_by="?"
    ),
    "link": lambda card, desk: pr.DeclareConflict(
        participant_id=card.candidate.participant_id,
        staff_id=next(iter(desk.center.staff)),
        relation=pr.RELATIONS[0],
    ),
}
"""The wish behind each key, to learn whether it is possible, or why there is none."""
