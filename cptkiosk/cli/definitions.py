"""`definitions`: what is in force, and what of it comes from the center."""

from argparse import Namespace
from dataclasses import asdict, fields

from cptkiosk.cli.open_record import paths_of
from cptkiosk.cli.output import format_table, quote_value, say, say_json
from cptkiosk.definitions.load import center_overrides, load_definitions
from cptkiosk.domain.modules import Definitions, Module, Policies, Window
from cptkiosk.errors import ExitCode

SHIPPED = "shipped"

Overrides = dict[str, dict[str, str]]
"""By section, each name that comes from the center, with its file."""


def run(options: Namespace) -> int:
    """Show the definitions in force; none of it needs a ledger."""
    own = paths_of(options).definitions
    definitions = load_definitions(own=own)
    changed = center_overrides(own)
    if options.json:
        say_json(
            {
                "folder": str(own),
                "modules": [_module_json(one) for one in definitions.modules],
                "policies": _policies_json(definitions.policies),
                "fees": asdict(definitions.fees),
                "codes": len(definitions.irregularities),
                "destinations": [asdict(one) for one in definitions.destinations],
                "overrides": changed,
            }
        )
        return ExitCode.DONE
    _show_definitions(definitions, changed)
    if not changed:
        say(
            "All definitions are as shipped. To change them, put the center's own"
            f" files in {own}."
        )
    return ExitCode.DONE


def _module_json(module: Module) -> dict[str, object]:
    return {
        "id": module.id,
        "name": module.name,
        "edition": module.edition,
        "core": module.core,
        "items": module.items,
        "minutes": module.minutes,
        "cut_percent": module.cut_percent,
        "valid_from": module.valid_from,
        "valid_until": module.valid_until,
    }


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


def _show_definitions(definitions: Definitions, changed: Overrides) -> None:
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
    say(format_table(header, rows))
    say()
    _show_values(
        "policy", _policies_json(definitions.policies), changed.get("policies", {})
    )
    _show_values("fee", asdict(definitions.fees), changed.get("fees", {}))
    if definitions.destinations:
        places = [
            (one.name, one.kind, quote_value(one.where), one.bundle)
            for one in definitions.destinations
        ]
        say(format_table(("destination", "kind", "where", "bundle"), places))
        say()
    say(f"{len(definitions.irregularities)} irregularity codes")
    for section in ("irregularities", "scripts"):
        for name, file in changed.get(section, {}).items():
            say(f"{quote_value(name)} comes from {quote_value(file)}.")


def _show_values(title: str, values: dict[str, object], origin: dict[str, str]) -> None:
    rows = [
        (name, _value_text(value), origin.get(name, SHIPPED))
        for name, value in values.items()
    ]
    say(format_table((title, "value", "from"), rows))
    say()


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
