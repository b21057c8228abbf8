"""Who has come to the check-in without being on the roll, or for another module."""

from dataclasses import replace

from cptkiosk.desk import Recorded
from cptkiosk.domain.rules.assigning import may_override
from cptkiosk.domain.state.attempt import Attempt, attempt_id_of
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.text import clean_text
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.values import Actor
from cptkiosk.host.fonts import read_name
from cptkiosk.roster.values import birth_date
from cptkiosk.services.at_the_door import correct_module, walk_in
from cptkiosk.ui.dialogs.asking import ask_at_desk
from cptkiosk.ui.dialogs.question import DeskQuestion
from cptkiosk.ui.ports import CheckInPort, SessionPort
from cptkiosk.ui.widgets.fields import Values

TYPED = ("id", "family", "given", "code")
AS_REGISTERED = ""


CLEAN = {"reads": clean_text}


def ask_walk_in(screen: CheckInPort) -> None:
    """Ask who has come without being on the roll, and put them on it."""
    desk, session_id = screen.kiosk.desk, screen.session_id
    modules = tuple(
        (one, screen.definitions.module(one).name) for one in screen.session.module_ids
    )
    fields = {
        "id": CLEAN,
        "family": {"reads": read_name},
        "given": {"reads": read_name},
        "born": {
            "reads": birth_date,
            "read_back": lambda typed: format_date(birth_date(typed)),
        },
        "module": {"options": modules},
        "code": CLEAN,
        "because": CLEAN if may_override(screen.actor) else None,
    }

    def record_answer(values: Values, actor: Actor) -> Recorded:
        because = values.text("because", "").strip()
        person = replace(_person(values), reason=because, two_people=because)
        return walk_in(desk, session_id, person, actor, override=because)

    def attempt_id(values: Values) -> str:
        return attempt_id_of(clean_text(values.text("id")), values.text("module"))

    def describe_answer(values: Values) -> str:
        person = screen.person(screen.session.attempts[attempt_id(values)])
        return f"{person}: added to the attendance list; o removes them"

    question = DeskQuestion.from_catalog(
        "walk-in",
        fields=fields,
        draft=f"walk-in {session_id}",
        work=record_answer,
        words=describe_answer,
        then=lambda _, values: screen.show_person(attempt_id(values)),
    )
    ask_at_desk(screen, question)


def _person(values: Values) -> RegisterPerson:
    text = {name: clean_text(values.text(name)) for name in TYPED}
    module_id, time = values.text("module"), values.text("time")
    # Fields left blank keep their registered values.
    registration = Registration(
        module_id,
        text["code"],
        factor_permille=None if time == AS_REGISTERED else int(time),
        stop_clock=values.flag("stop") or None,
    )
    return RegisterPerson(
        participant_id=text["id"],
        family_name=text["family"],
        given_name=text["given"],
        birth_date=birth_date(values.text("born")),
        registration=registration,
    )


def ask_module(screen: CheckInPort, attempt: Attempt) -> None:
    """Ask for the module someone has come for, and put them down for it."""
    desk, session_id = screen.kiosk.desk, screen.session_id
    registered = desk.candidate(attempt.participant_id).registrations
    modules = tuple(
        (one, _module_words(screen.definitions.module(one).short, one in registered))
        for one in other_modules(screen, attempt)
    )
    name = screen.person(attempt)
    first = next((one for one, _ in modules if one in registered), modules[0][0])

    def record_answer(values: Values, actor: Actor) -> Recorded:
        return correct_module(
            desk, session_id, attempt, values.text("module"),
            clean_text(values.text("code")), values.text("reason"), actor,
        )  # fmt: skip

    def describe_answer(values: Values) -> str:
        module = screen.definitions.module(values.text("module"))
        return f"{name}: {module.short} instead of {attempt.module.short}"

    question = DeskQuestion.from_catalog(
        "change-module",
        {"name": name, "module": attempt.module.name},
        {"module": {"options": modules, "value": first}, "code": CLEAN},
        draft=f"module {session_id} {attempt.attempt_id}",
        work=record_answer,
        words=describe_answer,
        then=lambda _, values: screen.show_person(
            attempt_id_of(attempt.participant_id, values.text("module"))
        ),
    )
    ask_at_desk(screen, question)


def other_modules(screen: SessionPort, attempt: Attempt) -> tuple[str, ...]:
    """Return the modules of this session that someone is not down for."""
    mine = attempt.module.module_id
    return tuple(one for one in screen.session.module_ids if one != mine)


def _module_words(name: str, is_registered: bool) -> str:
    return f"{name} - {'registered' if is_registered else 'needs a user code'}"
