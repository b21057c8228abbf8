"""`vendor import`."""

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from cptkiosk.cli.open_record import actor, the_desk
from cptkiosk.cli.option_values import read_file_options
from cptkiosk.cli.output import pick_fields, print_answer, quote_value, say
from cptkiosk.domain.values import Refused
from cptkiosk.errors import UsageError
from cptkiosk.host.paths import expand_home
from cptkiosk.vendor.importer import (
    Outcome,
    Plan,
    PlannedRow,
    count_words,
    load_report,
    plan_import,
    record_plan,
    recorded_words,
)

QUIET = frozenset({Outcome.CONFIRMS, Outcome.SAME})
"""What is only counted: no one has to look at it."""


def import_report(options: Namespace) -> int:
    """Show what the vendor's report would change; record it if that was asked for."""
    reading = read_file_options(options)
    recorded = False
    with the_desk(options, read_only=not options.yes) as desk:
        path = expand_home(options.file)
        report = load_report(desk, path, reading, options.scores)
        if report.trouble:
            raise UsageError(f"{report.trouble} Nothing was changed.")
        plan = plan_import(desk, report, actor())
        if options.yes and (plan.to_record or report.asks_which):
            record_plan(desk, plan, actor())
            recorded = True
    if recorded:
        outcome = f"Recorded: {recorded_words(plan)}."
    elif report.asks_which and not options.json:
        say("\n".join(_plan_lines(plan)))
        raise Refused("report-raw-or-percent")
    elif plan.to_record:
        outcome = "Nothing is recorded yet. To record this, run it again with --yes."
    else:
        outcome = "Nothing to record."
    facts = _plan_json(plan, recorded=recorded)
    return print_answer(options, facts, *_plan_lines(plan), outcome)


def _plan_lines(plan: Plan) -> Iterator[str]:
    columns = plan.report.layout.columns
    used = [one for one in columns if one.meaning]
    words = ", ".join(f"{one.meaning} = {one.header}" for one in used)
    yield f"Columns          {quote_value(words)}"
    left = [one.header for one in columns if not one.meaning]
    if left:
        yield f"Columns ignored  {quote_value(', '.join(left))}"
    yield f"Rows             {count_words(plan)}"
    for note in plan.report.notes:
        yield f"Note             {quote_value(note)}"
    for one in plan.rows:
        if one.what not in QUIET:
            yield f"  {_row_words(one)}"


def _row_words(one: PlannedRow) -> str:
    place = f"row {one.row}: " if one.row else ""
    return f"{place}{one.what}  {quote_value(one.who)}  {quote_value(one.why)}"


def _plan_json(plan: Plan, *, recorded: bool) -> dict[str, Any]:
    return {
        "recorded": recorded,
        "asks_raw_or_percent": plan.report.asks_which,
        "sha256": plan.report.sha256,
        "columns": {
            one.meaning: one.header for one in plan.report.layout.columns if one.meaning
        },
        "counts": {one.value: plan.count_rows(one) for one in Outcome},
        "rows": [
            pick_fields(one, "row", "session_id", "attempt_id", "why")
            | {"outcome": one.what.value, "person": one.who}
            for one in plan.rows
        ],
        "notes": list(plan.report.notes),
    }
