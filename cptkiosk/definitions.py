"""The only reader of the definitions in sessions/*.toml."""

import re
import tomllib
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, TypeVar

from cptkiosk.domain.modules import (
    Definitions,
    Fees,
    IrregularityCode,
    Module,
    Policies,
    Scripts,
    names_of,
)
from cptkiosk.errors import UsageError
from cptkiosk.resources import data_root

Table = dict[str, Any]
Made = TypeVar("Made")

MODULE_FILES = re.compile(r"module-[a-z0-9-]+\.toml")
PLACEHOLDERS = {"minutes", "people"}
SEVERITY_BREACH = 3


class BadDefinition(UsageError):
    """A definition file cannot be used; the message names file, key and reason."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{f'{file}, {key}' if key else file}: {reason}.")
        self.file = file
        self.key = key
        self.reason = reason


def load_definitions(folder: Traversable | Path | None = None) -> Definitions:
    """Return all definitions in `folder`, by default the ones shipped.

    Raises:
        BadDefinition: at the first file that is missing, is not TOML, or says
            something that cannot be meant.
    """
    folder = folder or data_root("sessions")
    return Definitions(
        modules=_modules(folder),
        fees=_fees(folder),
        policies=_policies(folder),
        irregularities=_irregularities(folder),
        scripts=_scripts(folder),
    )


def _modules(folder: Traversable | Path) -> tuple[Module, ...]:
    """Return the modules of all module-*.toml, in the order of their positions."""
    from msgspec import Meta, Struct

    class ModuleFile(Struct, forbid_unknown_fields=True):
        id: Annotated[str, Meta(pattern="^[a-z][a-z0-9-]*$")]
        name: Annotated[str, Meta(min_length=1, max_length=60)]
        short: Annotated[str, Meta(min_length=1, max_length=10)]
        position: Annotated[int, Meta(ge=1)]
        edition: Annotated[str, Meta(min_length=1)]
        core: bool
        items: Annotated[int, Meta(ge=1, le=1000)]
        minutes: Annotated[int, Meta(ge=1, le=600)]
        cut_percent: Annotated[int, Meta(ge=1, le=100)]
        courses: tuple[Annotated[str, Meta(min_length=1)], ...]
        aliases: tuple[Annotated[str, Meta(min_length=1)], ...]
        source: Annotated[str, Meta(min_length=1)]
        as_of: Annotated[str, Meta(pattern=r"^\d{4}(-\d\d){0,2}$")]

    found: list[tuple[int, str, Module]] = []
    for file in sorted(path.name for path in folder.iterdir()):
        if MODULE_FILES.fullmatch(file):
            table = _read(folder, file)
            position = _converted(file, table, ModuleFile).position
            found.append((position, file, _converted(file, table, Module)))
    if not found:
        raise BadDefinition("module-*.toml", "", "no such file, so there is no module")
    _check_names((file, module) for _, file, module in found)
    if not any(module.core for _, _, module in found):
        raise BadDefinition("module-*.toml", "core", "at least one must be core")
    return tuple(module for _, _, module in sorted(found, key=lambda one: one[:2]))


def _check_names(found: Iterable[tuple[str, Module]]) -> None:
    """See that no two modules share an id or any other name.

    Raises:
        BadDefinition: naming the second of the two files.
    """
    owners: dict[str, str] = {}
    ids: set[str] = set()
    for file, module in found:
        if module.id in ids:
            raise BadDefinition(file, "id", f"'{module.id}' is another module's id")
        ids.add(module.id)
        for name in names_of(module):
            if name in owners:
                reason = f"'{name}' also names the module '{owners[name]}'"
                raise BadDefinition(file, "aliases", reason)
            owners[name] = module.id


def _fees(folder: Traversable | Path) -> Fees:
    """Return what fees.toml says."""
    from msgspec import Meta, Struct

    class FeesFile(Struct, forbid_unknown_fields=True):
        registration_cents: Annotated[int, Meta(ge=0)]
        assessment_cents: Annotated[int, Meta(ge=0)]
        supplement_cents: Annotated[int, Meta(ge=0)]
        currency: Literal["USD"]
        source: Annotated[str, Meta(min_length=1)]
        as_of: Annotated[str, Meta(pattern=r"^\d{4}(-\d\d){0,2}$")]

    table = _read(folder, "fees.toml")
    _converted("fees.toml", table, FeesFile)
    return _converted("fees.toml", table, Fees)


def _policies(folder: Traversable | Path) -> Policies:
    """Return what policies.toml says, if its figures agree with each other."""
    from msgspec import Meta, Struct

    class PoliciesFile(Struct, forbid_unknown_fields=True):
        announce_minutes: tuple[Annotated[int, Meta(ge=1, le=600)], ...]
        late_minutes: Annotated[int, Meta(ge=0, le=600)]
        late_coordinator_minutes: Annotated[int, Meta(ge=0, le=600)]
        credit_coordinator_minutes: Annotated[int, Meta(ge=0, le=600)]
        undo_start_seconds: Annotated[int, Meta(ge=0, le=3600)]
        undo_finish_minutes: Annotated[int, Meta(ge=0, le=60)]
        retake_wait_days: Annotated[int, Meta(ge=0, le=3660)]
        retake_wait_days_after_third: Annotated[int, Meta(ge=0, le=3660)]
        renewal_years: Annotated[int, Meta(ge=1, le=100)]
        start_countdown_seconds: Annotated[int, Meta(ge=0, le=60)]
        pin_digits_min: Annotated[int, Meta(ge=4, le=64)]
        idle_lock_minutes: Annotated[int, Meta(ge=1, le=1440)]
        blocks_unpaid: bool

    file = "policies.toml"
    table = _read(folder, file)
    _converted(file, table, PoliciesFile)
    made = _converted(file, table, Policies)
    if list(made.announce_minutes) != sorted(set(made.announce_minutes), reverse=True):
        raise BadDefinition(file, "announce_minutes", "must fall, each figure once")
    if made.late_coordinator_minutes < made.late_minutes:
        reason = "must not be less than late_minutes"
        raise BadDefinition(file, "late_coordinator_minutes", reason)
    return made


def _irregularities(folder: Traversable | Path) -> tuple[IrregularityCode, ...]:
    """Return the codes of irregularities.toml, in its order."""
    from msgspec import Meta, Struct

    class Code(Struct, forbid_unknown_fields=True):
        id: Annotated[str, Meta(pattern="^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$")]
        title: Annotated[str, Meta(min_length=1, max_length=80)]
        severity: Annotated[int, Meta(ge=1, le=SEVERITY_BREACH)]
        scope: Literal["attempt", "room", "session", "center"]
        time_effect: Literal["none", "pause", "halt", "credit", "runs"]
        validity: Literal["none", "flag", "withhold", "no-attempt"]
        fields: tuple[
            Annotated[str, Meta(pattern="^[a-z][a-z0-9-]*$", max_length=24)], ...
        ]

    class CodesFile(Struct, forbid_unknown_fields=True):
        code: Annotated[tuple[Code, ...], Meta(min_length=1)]

    file = "irregularities.toml"
    table = _read(folder, file)
    _converted(file, table, CodesFile)
    made = _converted(file, table["code"], tuple[IrregularityCode, ...])
    ids: set[str] = set()
    for place, code in enumerate(made):
        if code.id in ids:
            raise BadDefinition(file, f"code[{place}].id", f"{code.id} is there twice")
        ids.add(code.id)
        if code.severity == SEVERITY_BREACH and code.validity != "withhold":
            reason = f"{code.id} has severity 3, which always withholds"
            raise BadDefinition(file, f"code[{place}].validity", reason)
    return made


def _scripts(folder: Traversable | Path) -> Scripts:
    """Return the texts of scripts.toml, if they use known placeholders only."""
    from msgspec import Meta, Struct

    class Announcement(Struct, forbid_unknown_fields=True):
        minutes: Annotated[int, Meta(ge=1, le=600)]
        text: Annotated[str, Meta(min_length=1)]

    class ScriptsFile(Struct, forbid_unknown_fields=True):
        start: Annotated[str, Meta(min_length=1)]
        end: Annotated[str, Meta(min_length=1)]
        otherwise: Annotated[str, Meta(min_length=1)]
        announcements: tuple[Announcement, ...]

    file = "scripts.toml"
    table = _read(folder, file)
    _converted(file, table, ScriptsFile)
    made = _converted(file, table, Scripts)
    _check_placeholders(file, "start", made.start, set())
    _check_placeholders(file, "end", made.end, set())
    _check_placeholders(file, "otherwise", made.otherwise, PLACEHOLDERS)
    minutes: set[int] = set()
    for place, one in enumerate(made.announcements):
        key = f"announcements[{place}]"
        _check_placeholders(file, f"{key}.text", one.text, PLACEHOLDERS)
        if one.minutes in minutes:
            raise BadDefinition(file, f"{key}.minutes", f"{one.minutes} is there twice")
        minutes.add(one.minutes)
    return made


def _check_placeholders(file: str, key: str, text: str, known: set[str]) -> None:
    """See that `text` has no placeholder but the `known` ones.

    Raises:
        BadDefinition: if it has, or if its braces do not match.
    """
    try:
        used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        raise BadDefinition(file, key, "its braces do not match") from None
    for name in sorted(used - known):
        raise BadDefinition(file, key, f"{{{name}}} is not a placeholder here")


def _read(folder: Traversable | Path, file: str) -> Table:
    """Return the table in `file`.

    Raises:
        BadDefinition: if it cannot be read, or is not TOML.
    """
    try:
        text = (folder / file).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadDefinition(file, "", "the file is missing") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadDefinition(file, f"line {line}", "not UTF-8") from None
    except OSError as error:
        raise BadDefinition(file, "", f"cannot be read ({error.strerror})") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, where = str(error).rpartition(" (at ")
        place = re.match(r"line \d+", where)
        key = place[0] if place else f"line {len(text.splitlines())}"
        raise BadDefinition(file, key, f"not TOML: {reason.lower()}") from None


def _converted(file: str, value: object, shape: type[Made]) -> Made:
    """Return `value` as a `shape`.

    Raises:
        BadDefinition: naming the first key that does not fit.
    """
    import msgspec

    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        path = path.strip("`.")
        field = re.search(r"(unknown|required) field `(.+)`", reason)
        if field:
            path = f"{path}.{field[2]}".strip(".")
            reason = "unknown key" if field[1] == "unknown" else "missing"
        raise BadDefinition(file, path, reason[0].lower() + reason[1:]) from None
