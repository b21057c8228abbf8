"""What a roster file would change, before any of it is recorded."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Actor, Refused, plural
from cptkiosk.errors import UsageError
from cptkiosk.host.work_progress import Stopped, WorkProgress
from cptkiosk.roster import importer
from cptkiosk.roster.importer import (
    Counts,
    ImportResult,
    RefusedRoster,
    UnusableRoster,
)
from cptkiosk.roster.model import Decisions, Doubt, ReadOptions
from cptkiosk.roster.outcomes import RowOutcome, list_outcomes, rejected_rows
from cptkiosk.ui.dialogs.roster import DELIMITERS, ENCODING_NAMES
from cptkiosk.ui.frame.file_check import CheckedFile, list_columns
from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.words import describe_error

DECIDED_BY_WORDS = frozenset({Doubt.LEFT, Doubt.ZEROS_CUT})
"""Doubts whose own words say who decides."""


Checked = CheckedFile[RowOutcome, ImportResult]


def check_roster(
    desk: Desk,
    path: Path,
    options: ReadOptions,
    actor: Actor,
    decided: Decisions,
    approver: Actor | None,
    progress: WorkProgress,
) -> Checked:
    """Return what recording a roster would do; nothing is written.

    Args:
        desk: where it would be recorded.
        path: the file.
        options: how it is to be read.
        actor: who asks.
        decided: which doubts a coordinator has settled.
        approver: that coordinator, if someone else.
        progress: called between steps.

    Raises:
        Stopped: if that was asked for.
    """
    coming = decided.decided_ids(Doubt.NOT_COMING)
    layout = importer.read_layout(desk, path, options)
    try:
        roster = importer.load_roster(
            desk, path, replace(options, coming=coming), told=progress
        )
        found = importer.apply_roster(
            desk, roster, actor, dry_run=True, decided=decided,
            approved_by=approver, told=progress,
        )  # fmt: skip
    except Stopped:
        raise
    except (UnusableRoster, RefusedRoster) as error:
        return Checked(layout, rejected_rows(error.rejected), describe_error(error))
    except (UsageError, Refused) as error:
        return Checked(layout, trouble=describe_error(error))
    titles = {one.id: one.short for one in desk.definitions.modules}
    return Checked(layout, list_outcomes(desk, found, titles), result=found)


def summary_lines(checked: Checked, name: str, glyphs: Glyphs) -> Iterator[str]:
    """Yield how a file was read, what could not be, and how much would change.

    Args:
        checked: what came of it.
        name: of the file.
        glyphs: what this terminal can show.
    """
    layout, found = checked.layout, checked.result
    encoding = ENCODING_NAMES.get(layout.encoding, layout.encoding)
    said = [visible(name, 40), encoding]
    if layout.delimiter:
        said.append(DELIMITERS.get(layout.delimiter, visible(layout.delimiter)))
    yield f"{', '.join(said)}, header in row {layout.header_row}"
    yield from list_columns(layout)
    if checked.trouble:
        yield f"{glyphs.attention} {checked.trouble}"
    if found is not None:
        notes = f"; {plural(len(found.notes), 'note')} to review"
        yield (
            f"People {_counts(found.people)}; registrations"
            f" {_counts(found.registrations)}; {plural(len(found.rejected), 'row')}"
            f" rejected{notes if found.notes else ''}"
        )


def row_words(row: RowOutcome) -> str:
    """Return in full why a row is rejected, or to be looked at, and who decides it."""
    words = ""
    if row.what == "rejected":
        words = f"Row {row.row} rejected: {row.why}"
    elif row.what == "note":
        words = f"Row {row.row}: {row.why}" if row.row else row.why
    if row.doubt in DECIDED_BY_WORDS:
        return f"{words} (press d)."
    return f"{words}. A coordinator can decide (press d)." if row.doubt else words


def _counts(counts: Counts) -> str:
    return f"{counts.new:,} new, {counts.changed:,} changed, {counts.same:,} unchanged"
