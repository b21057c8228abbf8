"""Who has come to the check-in without being on the roll, or for another module."""

from dataclasses import replace
from functools import partial

from cptkiosk.assigning import correct_module, walk_in
from cptkiosk.desk import Recorded
from cptkiosk.domain.attempt import Attempt, attempt_id_of
from cptkiosk.domain.candidate import RegisterPerson, Registration
from cptkiosk.domain.text import BadText, clean
from cptkiosk.domain.values import Role
from cptkiosk.roster.values import BadCell, birth_date
from cptkiosk.ui.dialogs.desk_form import DeskForm
from cptkiosk.ui.ports import CheckInPort
from cptkiosk.ui.widgets.form import (
    ChoiceField,
    Field,
    TextField,
    ToggleField,
    Values,
)

TYPED = ("id", "family", "given", "code")
AS_REGISTERED = ""
TIMES = (
    (AS_REGISTERED, "none, or as registered"),
    ("1000", "x1"),
    ("1250", "x1.25"),
    ("1500", "x1.5"),
    ("2000", "x2"),
    ("3000", "x3"),
    ("0", "untimed"),
)


def ask_walk_in(screen: CheckInPort) -> None:
    """Ask who has come without being on the roll, and put them on it."""
    desk, actor, session_id = screen.kiosk.desk, screen.actor, screen.session_id
    modules = tuple(
        (one, screen.definitions.module(one).name) for one in screen.session.module_ids
    )
    fields: list[Field] = [
        TextField("id", "Participant ID"),
        TextField(
            "family", "Family name", required=False, help="empty if the ID is on record"
        ),
        TextField("given", "Given name", required=False),
        TextField("born", "Birth date", required=False, help="2007-02-28"),
        ChoiceField("module", "Module", modules, value=modules[0][0]),
        TextField("code", "User code", required=False, help="as the vendor gave it"),
        ChoiceField("time", "Extra time", TIMES, required=False),
        ToggleField("stop", "Stop-clock breaks", help="no, or as registered"),
    ]
    if actor.role is Role.COORDINATOR:
        because = TextField(
            "because",
            "In spite of it",
            required=False,
            help="if a rule refuses, or for more time",
        )
        fields.append(because)

    def work(values: Values) -> Recorded:
        because = values.text("because", "").strip()
        person = replace(_person(values), reason=because, two_people=because)
        return walk_in(desk, session_id, person, actor, override=because)

    def done(recorded: Recorded, values: Values) -> None:
        attempt_id = attempt_id_of(clean(values.text("id")), values.text("module"))
        person = screen.person(screen.session.attempts[attempt_id])
        screen.kiosk.say_recorded(
            recorded, f"{person}: put on the roll; o takes them off"
        )
        screen.show_person(attempt_id)

    DeskForm(
        screen, "Walk-in", (), fields, work, done, _wrong_in_walk_in,
        draft=f"walk-in {session_id}",
    ).ask()  # fmt: skip


def _wrong_in_walk_in(values: Values) -> dict[str, str]:
    errors = _clean(TYPED, values)
    try:
        birth_date(values.text("born"))
    except BadCell as bad:
        errors["born"] = str(bad)
    return errors


def _person(values: Values) -> RegisterPerson:
    text = {name: clean(values.text(name)) for name in TYPED}
    module_id, time = values.text("module"), values.text("time")
    # What is left as it is keeps what is registered.
    registration = Registration(
        module_id,
        text["code"],
        factor_permille=None if time == AS_REGISTERED else int(time),
        stop_clock=True if values["stop"] else None,
    )
    return RegisterPerson(
        participant_id=text["id"],
        family_name=text["family"],
        given_name=text["given"],
        birth_date=birth_date(values.text("born")),
        registration=registration,
    )


def ask_module(screen: CheckInPort, attempt: Attempt) -> None:
    """Ask for the module somebody has come for, and put them down for it."""
    desk, actor, session_id = screen.kiosk.desk, screen.actor, screen.session_id
    registered = desk.candidate(attempt.participant_id).registrations
    modules = tuple(
        (one, _module_words(screen.definitions.module(one).short, one in registered))
        for one in other_modules(screen, attempt)
    )
    name = screen.person(attempt)
    first = next((one for one, _ in modules if one in registered), modules[0][0])
    fields = (
        ChoiceField("module", "Came for", modules, value=first),
        TextField(
            "code", "User code", required=False, help="empty if they are registered"
        ),
        TextField("reason", "Reason"),
    )

    def work(values: Values) -> Recorded:
        return correct_module(
            desk, session_id, attempt, values.text("module"),
            clean(values.text("code")), values.text("reason"), actor,
        )  # fmt: skip

    def done(recorded: Recorded, values: Values) -> None:
        module = screen.definitions.module(values.text("module"))
        words = f"{name}: {module.short} instead of {attempt.module.short}"
        screen.kiosk.say_recorded(recorded, words)
        screen.show_person(attempt_id_of(attempt.participant_id, module.id))

    lines = (
        f"{name} is down for {attempt.module.name}. Before any login this can still"
        " be changed; the gates are passed anew.",
    )
    check = partial(_clean, ("code",))
    DeskForm(
        screen, "Wrong module", lines, fields, work, done, check,
        draft=f"module {session_id} {attempt.attempt_id}",
    ).ask()  # fmt: skip


def other_modules(screen: CheckInPort, attempt: Attempt) -> tuple[str, ...]:
    """Return the modules of this session that somebody is not down for."""
    mine = attempt.module.module_id
    return tuple(one for one in screen.session.module_ids if one != mine)


def _module_words(name: str, is_registered: bool) -> str:
    return f"{name} - {'registered' if is_registered else 'needs a user code'}"


def _clean(names: tuple[str, ...], values: Values) -> dict[str, str]:
    errors = {}
    for name in names:
        try:
            clean(values.text(name))
        except BadText as bad:
            errors[name] = str(bad)
    return errors
