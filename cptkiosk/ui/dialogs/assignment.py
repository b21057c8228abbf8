"""What is asked when people are put on a roll: what goes on, and who is refused."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from cptkiosk.domain.commands.base import STAND_IN
from cptkiosk.domain.commands.planning import AssignAttempt
from cptkiosk.domain.text import visible
from cptkiosk.domain.time.timing import span_text
from cptkiosk.domain.values import plural
from cptkiosk.services.assignment import (
    NotAssigned,
    Pair,
    Unfinished,
    assign_people,
    copy_module,
    find_unfinished,
    names_not_on,
)
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.naming import DIALOG_CELLS, LINES_OF_NAMES, cut_names, fit_names
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.fields import ToggleField, Values
from cptkiosk.ui.workers import begin

LISTED_MAX = 4
NOTHING: Mapping[Pair, str] = MappingProxyType({})


async def put_on_roll(
    screen: SessionPort, who: Callable[[], tuple[Pair, ...]], *, again: bool
) -> None:
    """Put people on the roll, asking first about attempts that may be continued."""
    desk, session_id = screen.kiosk.desk, screen.session_id

    def look() -> tuple[tuple[Pair, ...], dict[Pair, Unfinished], list[str]]:
        pairs = who()
        names = names_not_on(desk, session_id, pairs, again=again)
        return pairs, find_unfinished(desk, session_id, pairs), names

    looked = await screen.kiosk.worker.quietly(look)
    if looked is None:
        return
    pairs, open_ones, names = looked
    if (open_ones or len(names) > 1) and screen.is_active:
        _ask_first(screen, pairs, open_ones, names, again=again)
    else:
        await _assign(screen, pairs, again=again)


def _ask_first(
    screen: SessionPort,
    pairs: tuple[Pair, ...],
    open_ones: Mapping[Pair, Unfinished],
    names: Sequence[str],
    *,
    again: bool,
) -> None:
    """Name everyone who would be put on the roll, and ask whose attempt goes on.

    An attempt that was interrupted does unless someone says no.
    """
    title, lines = "Continue an attempt", []
    if len(names) > 1:
        title = f"Add {len(names)} people to the attendance list"
        lines.append("\n".join(fit_names(names, DIALOG_CELLS, LINES_OF_NAMES)))
        lines.append("People who are not eligible are skipped and listed.")
    if open_ones:
        lines.append("An interrupted attempt continues with the time it had left:")
    for one in open_ones.values():
        left = span_text(one.past.left_ms)
        lines.append(f"{one.person} continues {one.past.ref}, {left} left")
    fields = [
        ToggleField(f"{at}", visible(one.person, 19), value=True)
        for at, one in enumerate(open_ones.values())
    ]

    def take_answer(values: Values) -> None:
        go_on = {
            pair: one.past.ref
            for at, (pair, one) in enumerate(open_ones.items())
            if values.flag(f"{at}")
        }
        work = partial(_assign, screen, pairs, again=again, continues=go_on)
        begin(screen, work, "assign")

    ask_question(screen.kiosk, Question(title, lines, fields), take_answer)


async def _assign(
    screen: SessionPort,
    pairs: tuple[Pair, ...],
    *,
    again: bool,
    continues: Mapping[Pair, str] = NOTHING,
    override: str = "",
) -> None:
    desk, actor, session_id = screen.kiosk.desk, screen.actor, screen.session_id
    outcome = await screen.kiosk.worker.attempt(
        lambda: assign_people(
            desk, session_id, pairs, actor,
            again=again, continues=continues, override=override,
        )
    )  # fmt: skip
    if outcome is None:
        return
    screen.clear_marks()
    added, before, refused = outcome
    if not (added or refused):
        on_it = f"Already on the list: {plural(before, 'person', 'people')}."
        screen.say(on_it if before else "No one was added to the list.", "warning")
        return
    words = f"{plural(added, 'person', 'people')} added to the attendance list."
    if not refused:
        screen.kiosk.status.say(words, "ok", synced=True)
        return
    screen.say(f"{words} {_refused_words(refused)}", "warning")
    liftable = tuple(one for one in refused if one.overridable)
    if (liftable or len(refused) > 1) and screen.is_active:
        _ask_in_spite(screen, refused, liftable, continues)


def _ask_in_spite(
    screen: SessionPort,
    refused: tuple[NotAssigned, ...],
    liftable: tuple[NotAssigned, ...],
    continues: Mapping[Pair, str],
) -> None:
    """Say who is not on the roll, and ask the coordinator who should be all the same."""
    reasons = [_why(one, alone=len(refused) == 1) for one in refused]
    lines = cut_names(reasons, LISTED_MAX, "- and {} more")
    named = {f"{one.participant_id}|{one.module_id}": one for one in liftable}
    question = Question.from_catalog(
        "assign-anyway",
        {"count": len(refused), "reasons": lines},
        {
            "because": {} if liftable else None,
            "who": {"options": [(key, one.person) for key, one in named.items()]}
            if len(liftable) > 1
            else None,
        },
    )

    def take_answer(values: Values) -> None:
        if not liftable:
            return
        chosen = [named[key] for key in values.several("who", tuple(named))]
        pairs = tuple((one.participant_id, one.module_id) for one in chosen)
        work = partial(
            _assign, screen, pairs,
            again=True, continues=continues, override=values.text("because"),
        )  # fmt: skip
        begin(screen, work, "assign")

    ask_question(screen.kiosk, question, take_answer)


def _refused_words(refused: tuple[NotAssigned, ...]) -> str:
    """Return who was not put on the roll; of one person also why."""
    if len(refused) == 1:
        return refused[0].reason
    named = [one.person or one.participant_id for one in refused]
    return f"Not added to the list: {'; '.join(cut_names(named, LISTED_MAX))}."


def _why(one: NotAssigned, *, alone: bool) -> str:
    if alone or not one.brief:
        return one.reason
    return f"- {one.person}: {one.brief}"


def assignment(
    screen: SessionPort,
    module_id: str,
    participant_id: str = STAND_IN,
    person: str = STAND_IN,
) -> AssignAttempt:
    """Return the command that puts someone, or anyone, on the roll for a module."""
    return AssignAttempt(
        session_id=screen.session_id,
        participant_id=participant_id,
        person=person,
        module=copy_module(screen.definitions.module(module_id)),
        user_code="",
        factor_permille=1000,
        paid=None,
    )
