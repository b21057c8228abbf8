"""Time given back: measured where it can be, else typed."""

from collections.abc import Sequence
from functools import partial

from cptkiosk.domain.commands import testing as c
from cptkiosk.domain.modules import IrregularityCode
from cptkiosk.domain.rules import irregularities
from cptkiosk.domain.rules.testing_window import may_go_beyond
from cptkiosk.domain.state.attempt import LIVE, Attempt
from cptkiosk.domain.state.lost_time import Measured, lost_by, measure_lost_time
from cptkiosk.domain.time import timing
from cptkiosk.domain.time.timing import read_span
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.question import CommandQuestion, each_named
from cptkiosk.ui.naming import persons, who_text
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.fields import Values

AS_TYPED = ("", "enter below")
SPAN_FORM = "minutes, for example 6, 6:30, 90s, or -2"
OFFERED_BY = frozenset({"credit", "halt"})
"""The effects on time after which a credit is offered."""


def ask_credit(screen: SessionPort, people: Sequence[Attempt]) -> None:
    """Ask how much time each of these people is given back, and why."""
    offers: Sequence[Measured] = ()
    if len(people) == 1:
        offers = measure_lost_time(screen.session, people[0], screen.line_ms)
    _ask_span(screen, people, offers, "")


def offer_after(
    screen: SessionPort, irregularity_id: str, code: IrregularityCode
) -> None:
    """Offer those who are testing the time that an irregularity has cost them, if any."""
    if code.time_effect not in OFFERED_BY:
        return
    session, line_ms = screen.session, screen.line_ms
    found = irregularities.find_irregularity(session, irregularity_id)
    if found is None:
        return
    people = [
        one
        for one in map(session.attempts.__getitem__, found.event.attempt_ids)
        if session.progress(one, line_ms) in LIVE and not one.is_untimed
    ]
    if people and found.event.minutes_lost:
        noted, since = lost_by(session, found, people, line_ms)
        # Less passes while the form is filled in.
        offers = (noted, since) if since.ms >= MINUTE_MS else (noted,)
        _ask_span(screen, people, offers, f"{code.id} {code.title}")


def _ask_span(
    screen: SessionPort,
    people: Sequence[Attempt],
    offers: Sequence[Measured],
    reason: str,
) -> None:
    def check_span(values: Values) -> dict[str, str]:
        span_ms, why = _credit_in(values, offers)
        errors = {}
        if span_ms is None:
            errors["span"] = SPAN_FORM
        if not why:
            errors["reason"] = "enter a reason"
        return errors

    def commands(values: Values) -> list[c.GiveCredit]:
        span_ms, why = _credit_in(values, offers)
        return [
            c.GiveCredit(
                **screen.about(one),
                credit_ms=span_ms or 0,
                reason=why,
                beyond_window=values.text("beyond", ""),
                seen_credit_ms=one.credit_ms,
            )
            for one in people
        ]

    def describe_credit(values: Values) -> str:
        span_ms, _ = _credit_in(values, offers)
        span = timing.span_text(span_ms or 0)
        return f"credit {span}: {who_text(screen.session, people)}"

    beyond = may_go_beyond(screen.actor.as_approved, screen.definitions.policies)
    question = CommandQuestion.from_catalog(
        "give-credit" if offers else "give-typed-credit",
        {
            "whom": persons(screen.session, people),
            "left": partial(_time_left, screen, people),
            "each": each_named(screen.session, people),
        },
        {
            "measured": _offer_options(offers),
            "span": {"reads": read_span, "form": SPAN_FORM},
            "reason": {"value": reason},
            "beyond": {} if beyond else None,
        },
        command=commands,
        words=describe_credit,
        check=check_span,
    )
    ask_command(screen, question)


def _offer_options(offers: Sequence[Measured]) -> dict[str, object]:
    """Return what is known of the field with the measured times."""
    options = [(f"{at}", one.text) for at, one in enumerate(offers)]
    typed = [AS_TYPED] if offers and offers[0].own else []
    return {"options": [*typed, *options]}


def _time_left(screen: SessionPort, people: Sequence[Attempt]) -> str:
    """Return how much time one person has left just now; nothing of several."""
    if len(people) > 1:
        return ""
    one = screen.session.attempts[people[0].attempt_id]
    left_ms = screen.session.left_ms(one, screen.line_ms)
    return f"{timing.clock_text(left_ms)} left on this clock."


def _credit_in(values: Values, offers: Sequence[Measured]) -> tuple[int | None, str]:
    """Return how much is given back, and why: as typed, else as it was measured."""
    at = values.text("measured", "")
    offer = offers[int(at)] if at else None
    typed, why = values.text("span").strip(), values.text("reason").strip()
    span_ms = offer.ms if offer and not typed else read_span(typed)
    return span_ms, why or (offer.text if offer else "")
