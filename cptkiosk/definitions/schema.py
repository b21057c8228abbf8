"""What each file of definitions may say, and what no figure in it can mean."""

from dataclasses import dataclass
from string import Formatter
from typing import Annotated, Any, Literal

from cptkiosk.definitions.files import (
    AsOf,
    BadDefinition,
    Layer,
    convert_table,
    read_strictly,
    strict_shape,
)
from cptkiosk.domain.modules import (
    SEVERITY_BREACH,
    Fees,
    IrregularityCode,
    Module,
    Policies,
    Scripts,
    Window,
    parse_window,
)
from cptkiosk.domain.time.calendar import is_date
from cptkiosk.domain.values import Limits, Text

PLACEHOLDERS = frozenset({"minutes", "people"})
Position = Annotated[int, Limits(ge=1)]
YES_OR_NO = (bool, False)


@dataclass(frozen=True, slots=True)
class _CodesFile:
    code: Annotated[tuple[IrregularityCode, ...], Limits(min_length=1)]


def module_of(layer: Layer) -> tuple[int, Module]:
    """Return the module a file defines, after its place in every list."""
    more = {"position": Position, "source": Text, "as_of": AsOf, "replaces": YES_OR_NO}
    said = read_strictly(layer.label, layer.table, Module, **more)
    _check_date(layer.label, "valid_from", said.valid_from)
    _check_date(layer.label, "valid_until", said.valid_until)
    if said.valid_until and said.valid_until < said.valid_from:
        reason = f"must not be before valid_from, {said.valid_from}"
        raise BadDefinition(layer.label, "valid_until", reason)
    return (layer.table["position"], said)


def fees_of(layer: Layer) -> Fees:
    """Return what fees.toml says."""
    return read_strictly(
        layer.label, layer.table, Fees, currency=Literal["USD"], source=Text, as_of=AsOf
    )


def policies_of(layer: Layer) -> Policies:
    """Return what policies.toml says, if its figures agree with each other."""
    # Start-up time: msgspec is loaded when a file is read.
    from msgspec import structs

    # Windows are written as texts, and read below.
    shape = strict_shape(Policies, testing_windows=tuple[str, ...])
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
    made = read_strictly(layer.label, layer.table, _CodesFile).code
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
    label = layer.label
    made = read_strictly(label, layer.table, Scripts)
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
