"""What each file of definitions may say, and what no figure in it can mean."""

from dataclasses import asdict
from string import Formatter
from types import GenericAlias
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from cptkiosk.definitions.files import BadDefinition, Layer, convert_table
from cptkiosk.domain.modules import (
    Fees,
    IrregularityCode,
    Module,
    Policies,
    Scripts,
    Window,
    parse_window,
)
from cptkiosk.domain.time.calendar import is_date

PLACEHOLDERS = frozenset({"minutes", "people"})
SEVERITY_BREACH = 3


def module_of(layer: Layer) -> tuple[int, Module]:
    """Return the module a file defines, after its place in every list."""
    # Start-up time: msgspec is loaded when a file is read.
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
        valid_from: str = ""
        valid_until: str = ""
        replaces: bool = False

    said = convert_table(layer.label, layer.table, ModuleFile)
    _check_date(layer.label, "valid_from", said.valid_from)
    _check_date(layer.label, "valid_until", said.valid_until)
    if said.valid_until and said.valid_until < said.valid_from:
        reason = f"must not be before valid_from, {said.valid_from}"
        raise BadDefinition(layer.label, "valid_until", reason)
    return (said.position, convert_table(layer.label, layer.table, Module))


def fees_of(layer: Layer) -> Fees:
    """Return what fees.toml says."""
    # Start-up time: msgspec is loaded when a file is read.
    from msgspec import Meta, Struct

    class FeesFile(Struct, forbid_unknown_fields=True):
        registration_cents: Annotated[int, Meta(ge=0)]
        assessment_cents: Annotated[int, Meta(ge=0)]
        supplement_cents: Annotated[int, Meta(ge=0)]
        currency: Literal["USD"]
        source: Annotated[str, Meta(min_length=1)]
        as_of: Annotated[str, Meta(pattern=r"^\d{4}(-\d\d){0,2}$")]

    convert_table(layer.label, layer.table, FeesFile)
    return convert_table(layer.label, layer.table, Fees)


def policies_of(layer: Layer) -> Policies:
    """Return what policies.toml says, if its figures agree with each other."""
    # Start-up time: msgspec is loaded when a file is read.
    from msgspec import defstruct, structs

    # Windows are written as texts, and read below.
    types = {**_limited_types(Policies), "testing_windows": tuple[str, ...]}
    shape = defstruct("PoliciesFile", types.items(), forbid_unknown_fields=True)
    said: Any = convert_table(layer.label, layer.table, shape)
    announce = list(said.announce_minutes)
    if announce != sorted(set(announce), reverse=True):
        reason = "must be in descending order, with no number twice"
        raise BadDefinition(layer.label, "announce_minutes", reason)
    if said.late_coordinator_minutes < said.late_minutes:
        if "late_coordinator_minutes" in layer.said:
            key, reason = "late_coordinator_minutes", "less than late_minutes"
        else:
            key, reason = "late_minutes", "more than late_coordinator_minutes"
        raise BadDefinition(layer.label, key, f"must not be {reason}")
    windows = _parse_windows(layer.label, said.testing_windows)
    return Policies(**structs.asdict(said) | {"testing_windows": windows})


def codes_of(layer: Layer) -> tuple[IrregularityCode, ...]:
    """Return the codes of irregularities.toml, in its order."""
    # Start-up time: msgspec is loaded when a file is read.
    from msgspec import Meta, Struct

    field_name = Annotated[str, Meta(pattern="^[a-z][a-z0-9-]*$", max_length=24)]

    class Code(Struct, forbid_unknown_fields=True):
        id: Annotated[str, Meta(pattern="^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$")]
        title: Annotated[str, Meta(min_length=1, max_length=80)]
        severity: Annotated[int, Meta(ge=1, le=SEVERITY_BREACH)]
        scope: Literal["attempt", "room", "session", "center"]
        time_effect: Literal["none", "pause", "halt", "credit", "runs"]
        validity: Literal["none", "flag", "withhold", "no-attempt"]
        fields: tuple[field_name, ...]
        optional: tuple[field_name, ...] = ()
        narrative_min: Annotated[int, Meta(ge=1, le=200)] = 3
        severity_max: Annotated[int, Meta(ge=1, le=SEVERITY_BREACH)] = SEVERITY_BREACH
        scopes: tuple[Literal["attempt", "room", "session", "center"], ...] = ()
        phase: Literal["any", "before-start", "after-start"] = "any"
        private: bool = False

    class CodesFile(Struct, forbid_unknown_fields=True):
        code: Annotated[tuple[Code, ...], Meta(min_length=1)]

    convert_table(layer.label, layer.table, CodesFile)
    made = convert_table(layer.label, layer.table["code"], tuple[IrregularityCode, ...])
    ids: set[str] = set()
    for place, code in enumerate(made):
        key = f"code[{place}]"
        if code.id in ids:
            raise BadDefinition(layer.label, f"{key}.id", f"{code.id} appears twice")
        ids.add(code.id)
        _check_code(layer.label, key, code)
    return made


def scripts_of(layer: Layer) -> Scripts:
    """Return the texts of scripts.toml, if they use known placeholders only."""
    # Start-up time: msgspec is loaded when a file is read.
    from msgspec import Meta, Struct

    class Announcement(Struct, forbid_unknown_fields=True):
        minutes: Annotated[int, Meta(ge=1, le=600)]
        text: Annotated[str, Meta(min_length=1)]

    class ScriptsFile(Struct, forbid_unknown_fields=True):
        start: Annotated[str, Meta(min_length=1)]
        end: Annotated[str, Meta(min_length=1)]
        otherwise: Annotated[str, Meta(min_length=1)]
        announcements: tuple[Announcement, ...]

    label = layer.label
    convert_table(label, layer.table, ScriptsFile)
    made = convert_table(label, layer.table, Scripts)
    _check_placeholders(label, "start", made.start, frozenset({"minutes"}))
    _check_placeholders(label, "end", made.end, frozenset())
    _check_placeholders(label, "otherwise", made.otherwise, PLACEHOLDERS)
    minutes: set[int] = set()
    for place, one in enumerate(made.announcements):
        key = f"announcements[{place}]"
        _check_placeholders(label, f"{key}.text", one.text, PLACEHOLDERS)
        if one.minutes in minutes:
            reason = f"{one.minutes} appears twice"
            raise BadDefinition(label, f"{key}.minutes", reason)
        minutes.add(one.minutes)
    return made


def _limited_types(shape: type) -> dict[str, Any]:
    """Return the type of every field, its `Limits` as msgspec checks them."""
    # Start-up time: msgspec is loaded when a file is read.
    from msgspec import Meta

    def limited(hint: Any) -> Any:
        if get_origin(hint) is tuple:
            return GenericAlias(tuple, (limited(get_args(hint)[0]), ...))
        if get_origin(hint) is not Annotated:
            return hint
        kind, limits = get_args(hint)
        return Annotated[kind, Meta(**asdict(limits))]

    hints = get_type_hints(shape, include_extras=True)
    return {name: limited(hint) for name, hint in hints.items()}


def _check_date(label: str, key: str, text: str) -> None:
    """See that `text` is empty or a day that exists, as '2026-08-31'.

    Raises:
        BadDefinition: if it is not.
    """
    if text and not is_date(text):
        reason = f'"{text}" is not a date such as 2026-08-31'
        raise BadDefinition(label, key, reason)


def _parse_windows(label: str, texts: tuple[str, ...]) -> tuple[Window, ...]:
    """Return the hours that `texts` mean.

    Raises:
        BadDefinition: naming the first that means none.
    """
    found: list[Window] = []
    for place, text in enumerate(texts):
        try:
            found.append(parse_window(text))
        except ValueError as error:
            raise BadDefinition(
                label, f"testing_windows[{place}]", str(error)
            ) from None
    return tuple(found)


def _check_code(label: str, key: str, code: IrregularityCode) -> None:
    """See that a breach withholds, severities make a range, no field is asked twice.

    Raises:
        BadDefinition: if not.
    """
    if code.severity == SEVERITY_BREACH and code.validity != "withhold":
        reason = f"{code.id} has severity 3, which always withholds the score"
        raise BadDefinition(label, f"{key}.validity", reason)
    if code.severity_max < code.severity:
        reason = f"{code.id} has severity {code.severity}, which is higher"
        raise BadDefinition(label, f"{key}.severity_max", reason)
    if code.scope not in code.allowed_scopes:
        reason = f'{code.id} has scope "{code.scope}", which is not one of them'
        raise BadDefinition(label, f"{key}.scopes", reason)
    asked: set[str] = set()
    for name, fields in (("fields", code.fields), ("optional", code.optional)):
        for field in fields:
            if field in asked:
                reason = f'{code.id} lists "{field}" twice'
                raise BadDefinition(label, f"{key}.{name}", reason)
            asked.add(field)


def _check_placeholders(label: str, key: str, text: str, known: frozenset[str]) -> None:
    """See that `text` has no placeholder but the `known` ones.

    Raises:
        BadDefinition: if it has, or if its braces do not match.
    """
    try:
        used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        raise BadDefinition(label, key, "its braces do not match") from None
    for name in sorted(used - known):
        raise BadDefinition(label, key, f"{{{name}}} is not a placeholder here")
