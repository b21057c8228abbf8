"""The tables behind the charts of the records, as CSV files that a spreadsheet opens."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.state.scoring import least_passing
from cptkiosk.reports.files import write_private
from cptkiosk.services.statistics import Figures, Rate, figures_of
from cptkiosk.upload import sheets

Rows = list[tuple[str | int | None, ...]]
RATES = ("passed", "scored", "percent")


def export(desk: Desk, module_id: str, folder: Path) -> tuple[Path, ...]:
    """Write each table that the records show into a folder; return where.

    Args:
        desk: the record.
        module_id: the module they are cut to; of all if there is none.
        folder: where to; files of the same day are replaced.

    Raises:
        DestinationError: if one could not be written.
    """
    date = desk.local_date(desk.now().utc_ms)
    stem = f"records-{date}-{module_id or 'all'}"
    return tuple(
        write_private(folder, f"{stem}-{name}.csv", sheets.format_table(header, rows))
        for name, header, rows in _tables(desk, figures_of(desk, module_id))
    )


def _tables(desk: Desk, found: Figures) -> Iterator[tuple[str, Sequence[str], Rows]]:
    """Yield name, header and rows of each table, in the order of the charts."""
    yield "pass-rate", ("module", *RATES), [_rate(one) for one in found.by_module]
    scores: Rows = [
        (
            *(one.session_id, one.module_id, desk.local_date(one.start_utc_ms)),
            *(one.raw, one.items, least_passing(one.items, one.cut_percent)),
            int(one.passed),
        )
        for one in found.scored
    ]
    header = ("session_id", "module_id", "date", "raw", "items", "cut", "passed")
    yield "scores", header, scores
    yield "months", ("month_and_module", *RATES), [_rate(one) for one in found.by_month]
    yield "time-used", ("minutes", "attempts"), [(*one,) for one in found.minutes_used]
    titles = {one.id: one.title for one in desk.definitions.irregularities}
    codes: Rows = [
        (code, titles.get(code, ""), count) for code, count in found.irregularities
    ]
    yield "irregularities", ("code", "title", "count"), codes


def _rate(one: Rate) -> tuple[str, int, int, int]:
    return one.label, one.passed, one.scored, one.percent
