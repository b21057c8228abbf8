"""`vendor import`."""

from argparse import Namespace
from typing import Any

from cptkiosk.cli.file_options import read_file_options
from cptkiosk.cli.open_record import actor, the_desk
from cptkiosk.cli.output import quote_value, say, say_json
from cptkiosk.domain.values import Refused
from cptkiosk.errors import ExitCode, UsageError
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


def run(options: Namespace) -> int:
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
    if options.json:
        say_json(_as_json(plan, recorded=recorded))
        return ExitCode.DONE
    _say_plan(plan)
    if recorded:
        say(f"Recorded: {recorded_words(plan)}.")
    elif report.asks_which:
        raise Refused("report-raw-or-percent")
    elif plan.to_record:
        say("Nothing is recorded yet. To record this, run it again with --yes.")
    else:
        say("Nothing to record.")
    return ExitCode.DONE


def _say_plan(plan: Plan) -> None:
    columns = plan.report.layout.columns
    used = [one for one in columns if one.meaning]
    words = ", ".join(f"{one.meaning} = {one.header}" for one in used)
    say(f"Columns          {quote_value(words)}")
    left = [one.header for one in columns if not one.meaning]
    if left:
        say(f"Columns ignored  {quote_value(', '.join(left))}")
    say(f"Rows             {count_words(plan)}")
    for note in plan.report.notes:
        say(f"Note             {quote_value(note)}")
    for one in plan.rows:
        if one.what not in QUIET:
            say(f"  {_row_words(one)}")


def _row_words(one: PlannedRow) -> str:
    place = f"row {one.row}: " if one.row else ""
    return f"{place}{one.what}  {quote_value(one.who)}  {quote_value(one.why)}"


def _as_json(plan: Plan, *, recorded: bool) -> dict[str, Any]:
    return {
        "recorded": recorded,
        "asks_raw_or_percent": plan.report.asks_which,
        "sha256": plan.report.sha256,
        "columns": {
            one.meaning: one.header for one in plan.report.layout.columns if one.meaning
        },
        "counts": {one.value: plan.count_rows(one) for one in Outcome},
        "rows": [
            {
                "row": one.row,
                "outcome": one.what.value,
                "session_id": one.session_id,
                "attempt_id": one.attempt_id,
                "person": one.who,
                "why": one.why,
            }
            for one in plan.rows
        ],
        "notes": list(plan.report.notes),
    }
