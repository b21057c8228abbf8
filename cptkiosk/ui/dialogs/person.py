"""What is asked on a person's card, and the wish that each answer makes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cptkiosk.desk import Desk
from cptkiosk.domain import personal_record as pr
from cptkiosk.domain.fees import Due, dollars
from cptkiosk.domain.personal_record import CandidateCommand
from cptkiosk.persons import Card, courses
from cptkiosk.ui.widgets.form import ChoiceField, Field, TextField, Values

AMOUNT = re.compile(r"\$?(\d{1,5})(?:\.(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Question:
    """A form, and the wish and the words that follow from its values."""

    title: str
    lines: tuple[str, ...]
    fields: tuple[Field, ...]
    make: Callable[[Values], CandidateCommand]
    words: Callable[[Values], str]
    check: Callable[[Values], dict[str, str]] | None = None


def cents(text: str) -> int | None:
    """Return '22', '22.00' or '$22.00' in cents, 0 for nothing, `None` if unreadable."""
    plain = text.strip()
    if not plain:
        return 0
    match = AMOUNT.fullmatch(plain)
    if match is None:
        return None
    return int(match[1]) * 100 + int(match[2] or 0) or None


def question(action: str, card: Card, desk: Desk) -> Question:
    """Return what is asked for an action of the card."""
    return QUESTIONS[action](card, desk)


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


def _fee(card: Card, desk: Desk) -> Question:
    about, due = card.candidate.participant_id, open_lines(card)
    items = tuple((one.item, f"{one.text} {dollars(one.open_cents)}") for one in due)

    def check(values: Values) -> dict[str, str]:
        if cents(values.text("amount")) is None:
            return {"amount": "dollars such as 22 or 22.00, or nothing for all of it"}
        return {}

    def make(values: Values) -> CandidateCommand:
        return pr.SettleFee(
            participant_id=about,
            item=values.text("item"),
            how=values.text("how"),
            reference=values.text("reference"),
            amount_cents=cents(values.text("amount")) or 0,
        )

    return Question(
        "Settle a fee",
        ("Keep the number of the receipt, never a card's. A waiver needs the"
         " coordinator.",),
        (
            ChoiceField("item", "What", items, value=items[0][0]),
            ChoiceField("how", "How", tuple((one, one) for one in pr.HOW), pr.HOW[0]),
            TextField("reference", "Reference", help="receipt, invoice or decision"),
            TextField("amount", "Amount", required=False, help="nothing means all"),
        ),
        make,
        lambda values: f"{card.candidate.person}: {values['item']} {values['how']}",
        check,
    )  # fmt: skip


def _order(card: Card, desk: Desk) -> Question:
    about = card.candidate.participant_id
    left = [
        one
        for one in courses(desk.definitions)
        if one not in card.candidate.supplements
    ]
    price = dollars(desk.definitions.fees.supplement_cents)
    return Question(
        "Order a supplement",
        (f"{price} will be due for it.",),
        (
            ChoiceField(
                "course", "Course", tuple((one, one) for one in left), value=left[0]
            ),
        ),
        lambda values: pr.OrderSupplement(
            participant_id=about, course=values.text("course")
        ),
        lambda values: (
            f"{card.candidate.person}: supplement {values['course']} ordered"
        ),
    )


def _consent(card: Card, _: Desk) -> Question:
    about = card.candidate.participant_id
    return Question(
        "Record consent",
        ("A parent or guardian consents to the assessment, in writing.",),
        (
            TextField("given_by", "Given by", help="their name"),
            TextField(
                "reason", "Why now", required=False, help="once check-in is open"
            ),
        ),
        lambda values: pr.RecordConsent(
            participant_id=about,
            given_by=values.text("given_by"),
            reason=values.text("reason"),
        ),
        lambda _: f"{card.candidate.person}: consent recorded",
    )


def _link(card: Card, desk: Desk) -> Question:
    about = card.candidate.participant_id
    staff = tuple((one, m.name.text) for one, m in desk.center.staff.items())
    relations = tuple((one, one) for one in pr.RELATIONS)
    return Question(
        "Declare a link",
        ("They may not run a session of this candidate from then on.",),
        (
            ChoiceField("staff", "Who of the staff", staff, value=staff[0][0]),
            ChoiceField("relation", "Is their", relations, value=pr.RELATIONS[0]),
        ),
        lambda values: pr.DeclareConflict(
            participant_id=about,
            staff_id=values.text("staff"),
            relation=values.text("relation"),
        ),
        lambda values: f"{card.candidate.person}: link declared, {values['relation']}",
    )


def _unlink(card: Card, desk: Desk) -> Question:
    about, found = card.candidate.participant_id, linked(card, desk)
    return Question(
        "Withdraw a link",
        ("It does not exist any more, or never did. Both entries stay.",),
        (
            ChoiceField("staff", "Who of the staff", found, value=found[0][0]),
            TextField("reason", "Reason"),
        ),
        lambda values: pr.WithdrawConflict(
            participant_id=about,
            staff_id=values.text("staff"),
            reason=values.text("reason"),
        ),
        lambda _: f"{card.candidate.person}: link withdrawn",
    )


QUESTIONS: Mapping[str, Callable[[Card, Desk], Question]] = {
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
