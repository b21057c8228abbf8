"""`definitions`: what is in force, and what of it comes from the center."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict, fields

from cptkiosk.cli.open_record import paths_of
from cptkiosk.cli.output import format_table, pick_fields, print_answer, quote_value
from cptkiosk.definitions.load import center_overrides, load_definitions
from cptkiosk.domain.modules import Definitions, Module, Policies, Window

SHIPPED = "shipped"

MODULE_FIELDS = (
    *("id", "name", "edition", "core", "items", "minutes", "cut_percent"),
    *("valid_from", "valid_until"),
)
"""What --json says of a module."""

Overrides = dict[str, dict[str, str]]
"""By section, each name that comes from the center, with its file."""


def show_definitions(options: Namespace) -> int:
    """Show the definitions in force; none of it needs a ledger."""
    own = paths_of(options).definitions
    definitions = load_definitions(own=own)
    changed = center_overrides(own)
    lines = list(_definition_lines(definitions, changed))
    if not changed:
        lines.append(
            "All definitions are as shipped. To change them, put the center's own"
            f" files in {own}."
        )
    facts = {
        "folder": str(own),
        "modules": [pick_fields(one, *MODULE_FIELDS) for one in definitions.modules],
        "policies": _policies_json(definitions.policies),
        "fees": asdict(definitions.fees),
        "codes": len(definitions.irregularities),
        "destinations": [asdict(one) for one in definitions.destinations],
        "overrides": changed,
    }
    return print_answer(options, facts, *lines)


def _policies_json(policies: Policies) -> dict[str, object]:
    """Return each policy as it is written in its file."""
    return {
        field.name: _json_value(getattr(policies, field.name))
        for field in fields(policies)
    }


def _json_value(value: object) -> object:
    if isinstance(value, tuple):
        return [_json_value(one) for one in value]
    return value.text if isinstance(value, Window) else value


def _definition_lines(definitions: Definitions, changed: Overrides) -> Iterator[str]:
    origin = changed.get("modules", {})
    rows = [
        (
            one.id,
            one.name,
            one.edition,
            one.items,
            one.minutes,
            f"{one.cut_percent}%",
            _validity_text(one),
            origin.get(one.id, SHIPPED),
        )
        for one in definitions.modules
    ]
    header = ("module", "name", "edition", "items", "minutes", "cut", "valid", "from")
    yield format_table(header, rows)
    yield ""
    policies = _policies_json(definitions.policies)
    yield _value_table("policy", policies, changed.get("policies", {}))
    yield _value_table("fee", asdict(definitions.fees), changed.get("fees", {}))
    if definitions.destinations:
        places = [
            (one.name, one.kind, quote_value(one.where), one.bundle)
            for one in definitions.destinations
        ]
        yield format_table(("destination", "kind", "where", "bundle"), places)
        yield ""
    yield f"{len(definitions.irregularities)} irregularity codes"
    for section in ("irregularities", "scripts"):
        for name, file in changed.get(section, {}).items():
            yield f"{quote_value(name)} comes from {quote_value(file)}."


def _value_table(title: str, values: dict[str, object], origin: dict[str, str]) -> str:
    rows = [
        (name, _value_text(value), origin.get(name, SHIPPED))
        for name, value in values.items()
    ]
    return f"{format_table((title, 'value', 'from'), rows)}\n"


def _value_text(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(str, value)) or "-"
        case _:
            return str(value)


def _validity_text(module: Module) -> str:
    """Show a module's first and last day, '-' for no limit at all."""
    if not (module.valid_from or module.valid_until):
        return "-"
    return f"{module.valid_from} to {module.valid_until}".strip()
