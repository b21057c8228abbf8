"""`ledger salvage` and `ledger restore`: after the file was damaged or lost."""

import stat
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from cptkiosk.cli.open_record import held_if_shared, paths_of
from cptkiosk.cli.output import print_answer, print_error, quote_value
from cptkiosk.domain.time.calendar import utc_text
from cptkiosk.domain.values import plural
from cptkiosk.errors import ExitCode, StorageError
from cptkiosk.host.clock import SystemClock
from cptkiosk.host.paths import (
    expand_home,
    make_absolute,
    need_folder,
    probe_path,
    show_path,
)
from cptkiosk.ledger.maintenance.restore import Replaced, Restored, restore_backup
from cptkiosk.ledger.maintenance.salvage import Salvage, look_for
from cptkiosk.ledger.maintenance.salvage_writer import rest_path, write_salvaged
from cptkiosk.ledger.maintenance.verify import Verified
from cptkiosk.ledger.missing_record import fuller_backup
from cptkiosk.times.format import file_name_time

LISTED = 20
"""How many lost entries are listed; all of them are in the file that is kept."""


def salvage_record(options: Namespace) -> int:
    """Write what can be verified of a damaged record to a new file."""
    paths = paths_of(options)
    path = make_absolute(expand_home(options.file)) if options.file else paths.ledger
    if not stat.S_ISREG(probe_path(path)):
        raise StorageError(
            f"There is no file {show_path(path)}. Nothing was changed. Name the"
            ' damaged file: "cptkiosk ledger salvage FILE".'
        )
    target = paths.ledger.with_name(
        f"salvaged-{file_name_time(SystemClock().now().utc_ms)}.db"
    )
    if options.to:
        target = make_absolute(expand_home(options.to))
        need_folder(target.parent)
    found = look_for(path, target.parent)
    verified = write_salvaged(found, target)
    rest = rest_path(target) if found.loose else None
    fuller = fuller_backup(paths, found.head.seq)
    facts = _salvage_json(found, verified, target, rest)
    facts["fuller_backup"] = str(fuller[0]) if fuller else None
    lines = list(_salvage_lines(found, verified, target, rest))
    if fuller:
        lines.append(
            f"The backup {quote_value(str(fuller[0]))} has more entries:"
            f" {fuller[1]:,}. To continue with it instead: cptkiosk ledger"
            f" restore {quote_value(str(fuller[0]))}"
        )
    print_answer(options, facts, *lines)
    if found.is_complete:
        return ExitCode.DONE
    print_error(
        f"Not everything could be recovered. {quote_value(str(path))} is"
        " unchanged. Keep it and call the coordinator.",
        ExitCode.UNVERIFIED,
    )
    return ExitCode.UNVERIFIED


def _salvage_json(
    found: Salvage, verified: Verified, target: Path, rest: Path | None
) -> dict[str, object]:
    return {
        "ledger": str(target),
        **asdict(verified),
        "entries_unreadable": found.cut_off,
        "texts_lost": found.lost,
        "seals_without_signature": len(found.unsigned),
        "entries_left_out": len(found.loose),
        "rest": str(rest) if rest else None,
        "complete": found.is_complete,
    }


def _salvage_lines(
    found: Salvage, verified: Verified, target: Path, rest: Path | None
) -> Iterator[str]:
    yield (
        f"Saved to {quote_value(str(target))}:"
        f" {plural(verified.entries, 'verified entry', 'verified entries')} up to"
        f" #{found.head.seq}, {plural(verified.signed_heads, 'signed head')}."
    )
    if found.lost:
        yield (
            f"Texts about people that could not be read: {found.lost}. They are marked"
            " as unreadable."
        )
    if found.cut_off:
        yield "Some entries could not be read."
    if found.unsigned:
        yield f"Signatures lost: {plural(len(found.unsigned), 'seal')}."
    if rest is not None:
        yield (
            f"The chain breaks after #{found.head.seq}."
            f" {plural(len(found.loose), 'entry', 'entries')} can be read but not"
            f" verified: {quote_value(str(rest))}"
        )
    yield (
        "To continue with this file: cptkiosk ledger restore"
        f" {quote_value(str(target))}"
    )


def restore_record(options: Namespace) -> int:
    """Replace the record with a backup."""
    paths = paths_of(options)
    with held_if_shared(paths):
        done = restore_backup(
            paths.ledger,
            make_absolute(expand_home(options.backup)),
            file_name_time(SystemClock().now().utc_ms),
        )
    lines = [
        f"Restored: {plural(done.verified.entries, 'entry', 'entries')}, verified. Head"
        f" {done.verified.head}",
        *done.verified.remarks,
    ]
    if done.kept_as is not None:
        lines.append(f"The replaced file is kept as {quote_value(str(done.kept_as))}")
        lines += _lost_lines(done.replaced)
    return print_answer(options, _restore_json(done), *lines)


def _restore_json(done: Restored) -> dict[str, object]:
    return {
        **asdict(done.verified),
        "kept_as": str(done.kept_as) if done.kept_as else None,
        "compared": not done.replaced.unreadable,
        "same_up_to": done.replaced.same_up_to,
        "lost": [asdict(one) for one in done.replaced.after],
    }


def _lost_lines(replaced: Replaced) -> Iterator[str]:
    if replaced.unreadable:
        yield (
            "The restored record is in place and verified. The replaced file"
            " cannot be read, so entries later than the backup are unknown."
        )
        return
    if not replaced.after:
        yield "It has no entries that the backup does not."
        return
    many = plural(len(replaced.after), "entry", "entries")
    yield f"It has {many} after #{replaced.same_up_to} that the backup does not:"
    for one in replaced.after[:LISTED]:
        yield (
            f"  #{one.seq} {utc_text(one.at_utc_ms)} {quote_value(one.stream)} {one.kind}"
        )
    more = len(replaced.after) - LISTED
    if more > 0:
        yield f"  and {more:,} more"
    yield "Record again what still matters, and keep that file."
