"""`roster import`, `roster columns`."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from cptkiosk.cli.open_record import actor, the_desk
from cptkiosk.cli.option_values import read_file_options
from cptkiosk.cli.output import pick_fields, print_answer, quote_value, say
from cptkiosk.cli.progress_line import progress_line
from cptkiosk.domain.values import plural
from cptkiosk.errors import ExitCode, UsageError
from cptkiosk.host.paths import expand_home
from cptkiosk.roster.guide import SAMPLE, column_guide
from cptkiosk.roster.model import Decisions, Doubt
from cptkiosk.words import explain_why

if TYPE_CHECKING:
    from cptkiosk.roster.importer import Counts, ImportResult
    from cptkiosk.roster.outcomes import RowOutcome


SHOWN = frozenset({"new", "changed"})

LISTED_MAX = 500
"""Of more rows or notes than this it is only said how many there are."""


def import_file(options: Namespace) -> int:
    """Import a roster, or say what that would change."""
    # Start-up time: 'roster columns' opens no record.
    from cptkiosk.roster.importer import import_roster
    from cptkiosk.roster.outcomes import list_outcomes

    reading, decided = read_file_options(options), _read_decisions(options)
    with the_desk(options) as desk, progress_line("importing") as told:
        result = import_roster(
            desk,
            expand_home(options.file),
            actor(),
            session_id=options.session,
            dry_run=options.dry_run,
            decided=decided,
            options=reading,
            told=told,
        )
        rows: tuple[RowOutcome, ...] = ()
        if options.dry_run:
            titles = {one.id: one.short for one in desk.definitions.modules}
            rows = list_outcomes(desk, result, titles)
    lines = _result_lines(result, rows, options.session)
    return print_answer(options, _result_json(result, options.session), *lines)


def list_columns(options: Namespace) -> int:
    """List the columns that a roster may have, or print a roster to begin from."""
    if options.sample:
        say(SAMPLE.rstrip("\n"))
        return ExitCode.DONE
    guide = column_guide()
    return print_answer(
        options,
        {
            "columns": [
                {"column": word, "holds": holds, "headers": names}
                for word, holds, names in guide
            ]
        },
        *(f"{word}: {holds}\n  {'; '.join(names)}" for word, holds, names in guide),
        "If several columns match, the first is used. Case and punctuation do not"
        " matter.",
    )


def _read_decisions(options: Namespace) -> "Decisions":
    """Return what the coordinator has decided about people.

    Raises:
        UsageError: if there is no reason for it.
    """
    named = {
        Doubt.NAMESAKE: options.two_people,
        Doubt.ZEROS_CUT: options.two_people,
        Doubt.OTHER_PERSON: options.same_id,
        Doubt.NOT_COMING: options.coming,
    }
    reasons = {
        (doubt, who): options.because for doubt, ids in named.items() for who in ids
    }
    if reasons and not options.because.strip():
        raise UsageError(
            "A decision needs a reason. Nothing was changed. Add --because REASON."
        )
    return Decisions(reasons)


def _result_json(result: "ImportResult", session_id: str) -> dict[str, object]:
    on_list = {
        "assigned": result.assigned,
        "not_assigned": [asdict(one) for one in result.not_assigned],
    }
    return {
        "people": asdict(result.people),
        "registrations": asdict(result.registrations),
        "rejected": [asdict(one) for one in result.rejected],
        "namesakes": [
            pick_fields(one, "participant_id", "other") for one in result.namesakes
        ],
        "unchanged_clocks": [
            {"session_id": one.session_id, **asdict(one.owed)}
            for one in result.unchanged_clocks
        ],
        **(on_list if session_id else {}),
        "columns": dict(result.roster.columns),
        "not_used": list(result.roster.unused),
        "notes": [asdict(one) for one in result.notes],
    }


def _result_lines(
    result: "ImportResult", rows: "Sequence[RowOutcome]", session_id: str
) -> Iterator[str]:
    if result.dry_run:
        yield "Dry run: nothing was recorded."
    used = ", ".join(f"{word} = {header}" for word, header in result.roster.columns)
    yield f"Columns          {quote_value(used)}"
    if result.roster.unused:
        yield f"Columns ignored  {quote_value(', '.join(result.roster.unused))}"
    yield f"People           {_counts_text(result.people)}"
    yield f"Registrations    {_counts_text(result.registrations)}"
    yield f"Rejected         {plural(len(result.rejected), 'row')}"
    for row in result.rejected:
        yield f"  row {row.row}: {quote_value(row.reason)}"
    if result.notes:
        yield f"To check         {plural(len(result.notes), 'note')}"
    for note in result.notes[:LISTED_MAX]:
        yield f"  {f'row {note.row}: ' if note.row else ''}{quote_value(note.text)}"
    for one in [one for one in rows if one.what in SHOWN][:LISTED_MAX]:
        yield (
            f"  row {one.row}: {one.what}  {quote_value(one.who)}  {quote_value(one.why)}"
        )
    for clock in result.unchanged_clocks:
        yield (
            f"Running clock    {quote_value(explain_why(clock.owed.reason))} as a credit in"
            f" {clock.session_id}"
        )
    if session_id and not result.dry_run:
        yield (
            f"Attendance list  {result.assigned} added to {session_id},"
            f" {result.on_roll_before} already on it"
        )
        for left in result.not_assigned:
            yield (
                f"  {quote_value(left.participant_id)} not added: {quote_value(left.reason)}"
            )


def _counts_text(counts: "Counts") -> str:
    return f"{counts.new} new, {counts.changed} changed, {counts.same} unchanged"
