"""The definitions in force: the shipped ones, and a center's own laid over them.

A center's folder holds files with the names of the shipped ones. In policies.toml,
fees.toml and scripts.toml each key it has replaces the shipped key; announcements are
laid over by their minutes, irregularity codes by their id, and a module-*.toml by the id
it defines. What has no counterpart is added.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from pathlib import Path

from cptkiosk.definitions.destinations import destinations_of
from cptkiosk.definitions.files import (
    DESTINATIONS,
    FEES,
    IRREGULARITIES,
    POLICIES,
    SCRIPTS,
    SINGLE_FILES,
    BadDefinition,
    DefinitionFiles,
    Layer,
    overlay_layers,
)
from cptkiosk.definitions.schema import (
    codes_of,
    fees_of,
    module_of,
    policies_of,
    scripts_of,
)
from cptkiosk.domain.modules import Definitions, Module, Scripts, names_of
from cptkiosk.host.paths import is_folder
from cptkiosk.host.resources import data_root

LISTS = {"code": "id", "announcements": "minutes", "destination": "name"}
"""The keys that hold lists, with what each entry is laid over by."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A module, and where it was found."""

    layer: Layer
    position: int
    module: Module

    @property
    def place(self) -> tuple[int, str, str]:
        return (self.position, self.layer.file, self.layer.label)


def load_definitions(
    folder: Traversable | Path | None = None, own: Path | None = None
) -> Definitions:
    """Return all definitions in `folder`, by default the ones shipped, under `own`.

    Args:
        folder: a complete set of files.
        own: the center's folder, which may have any of them, or not be there.

    Raises:
        BadDefinition: at the first file that is missing, is not TOML, says something
            that cannot be meant, or has a name that nothing reads.
    """
    return _load_files(DefinitionFiles(folder or data_root("sessions"), own))


def _load_files(files: DefinitionFiles) -> Definitions:
    codes = (codes_of(layer) for layer in files.layers(IRREGULARITIES))
    return Definitions(
        modules=_load_modules(files),
        fees=[fees_of(layer) for layer in files.layers(FEES)][-1],
        policies=[policies_of(layer) for layer in files.layers(POLICIES)][-1],
        irregularities=overlay_layers(codes, lambda code: code.id),
        scripts=_load_scripts(files),
        destinations=[destinations_of(one) for one in files.layers(DESTINATIONS)][-1],
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """Definitions that can be worked with, and what is wrong with the center's own."""

    definitions: Definitions
    fault: str = ""
    """What is wrong and what is in force instead, in sentences; '' if nothing is."""


def open_definitions(own: Path, good: Path) -> Opened:
    """Return the definitions in force, whatever a center's files say.

    A day does not wait for a file that was written wrong: the last ones that could be
    used stay in force, else the shipped ones with the files that can be used.

    Args:
        own: the center's folder.
        good: where a copy of it is, from when it last could be used.

    Raises:
        BadDefinition: if not even the shipped ones can be used.
    """
    try:
        return Opened(load_definitions(own=own))
    except BadDefinition as bad:
        fault = bad.fault
    try:
        if is_folder(good):
            found = load_definitions(own=good)
            return Opened(found, f"{fault} The last valid definitions stay in effect.")
    except BadDefinition:
        pass
    files = DefinitionFiles(data_root("sessions"), own, skip_bad_names=True)
    while True:
        try:
            found = _load_files(files)
        except BadDefinition as bad:
            if not files.leave_out(bad.file):
                # It lies in no one file, so none of the center's can be used.
                found = load_definitions()
                return Opened(found, f"{fault} The shipped definitions are in effect.")
        else:
            return Opened(found, f"{fault} All other definitions are in effect.")


def center_overrides(own: Path) -> dict[str, dict[str, str]]:
    """Return what comes from the center: by section, each name with its file.

    Raises:
        BadDefinition: if a file cannot be used.
    """
    files = DefinitionFiles(data_root("sessions"), own)
    found: dict[str, dict[str, str]] = {}
    for layer in files.modules()[1]:
        found.setdefault("modules", {})[module_of(layer)[1].id] = layer.label
    for file in SINGLE_FILES:
        for layer in files.layers(file)[1:]:
            names = [name for key in layer.table for name in _defined_names(layer, key)]
            if names:
                found[file.removesuffix(".toml")] = dict.fromkeys(names, layer.label)
    return found


def _defined_names(layer: Layer, key: str) -> list[str]:
    """Return what `layer` itself defines under `key`."""
    if key not in layer.said:
        return []
    if key not in LISTS:
        return [key]
    return [f"{key} {one[LISTS[key]]}" for one in layer.table[key]]


def _load_modules(files: DefinitionFiles) -> tuple[Module, ...]:
    """Return the modules of all module-*.toml, in the order of their positions."""
    shipped, own = (
        [_Found(layer, *module_of(layer)) for layer in layers]
        for layers in files.modules()
    )
    _check_ids(shipped)
    _check_ids(own)
    replaced = {one.module.id for one in own}
    _check_replaced(shipped, own)
    # The center's come last, so that it is one of those that a clash is blamed on.
    found = [one for one in shipped if one.module.id not in replaced] + own
    if not found:
        raise BadDefinition(
            "module-*.toml", "", "there is no such file, so there are no modules"
        )
    _check_names(found)
    if not any(one.module.core for one in found):
        raise BadDefinition("module-*.toml", "core", "at least one must be core")
    return tuple(one.module for one in sorted(found, key=lambda one: one.place))


def _check_ids(found: Iterable[_Found]) -> None:
    """See that no two modules of one folder share an id.

    Raises:
        BadDefinition: naming the second of the two files.
    """
    ids: set[str] = set()
    for one in found:
        if one.module.id in ids:
            reason = f'"{one.module.id}" is the id of another module'
            raise BadDefinition(one.layer.label, "id", reason)
        ids.add(one.module.id)


def _check_replaced(shipped: Iterable[_Found], own: Iterable[_Found]) -> None:
    """See that the person who replaces a shipped module says so.

    A copied file whose id was not changed would otherwise take the place of a module
    that people are registered for.

    Raises:
        BadDefinition: naming the file.
    """
    names = {one.module.id: one.module.name for one in shipped}
    for one in own:
        name = names.get(one.module.id)
        if name is not None and not one.layer.table.get("replaces", False):
            reason = (
                f'"{one.module.id}" is the shipped module {name}. Give your module'
                ' its own id, or write "replaces = true" to replace that module'
            )
            raise BadDefinition(one.layer.label, "id", reason)


def _check_names(found: Iterable[_Found]) -> None:
    """See that no two modules share a name.

    Raises:
        BadDefinition: naming the second of the two files.
    """
    owners: dict[str, str] = {}
    for one in found:
        for name in names_of(one.module):
            if name in owners:
                reason = f'"{name}" also names the module "{owners[name]}"'
                raise BadDefinition(one.layer.label, "aliases", reason)
            owners[name] = one.module.id


def _load_scripts(files: DefinitionFiles) -> Scripts:
    """Return the texts to read aloud, announcements laid over by their minutes."""
    layers = [scripts_of(layer) for layer in files.layers(SCRIPTS)]
    announcements = (scripts.announcements for scripts in layers)
    return replace(
        layers[-1], announcements=overlay_layers(announcements, lambda one: one.minutes)
    )
