"""`roster import`."""

from argparse import Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cptkiosk.cli.opening import actor, the_desk
from cptkiosk.cli.output import say, say_json, show
from cptkiosk.cli.underway import underway
from cptkiosk.domain.values import plural
from cptkiosk.errors import ExitCode
from cptkiosk.paths import expanded

if TYPE_CHECKING:
    from cptkiosk.roster.importer import Counts, ImportResult


def run(options: Namespace) -> int:
    """Import a roster, or say what that would change."""
    from cptkiosk.roster.importer import import_roster

    with the_desk(options) as desk, underway("importing") as told:
        result = import_roster(
            desk,
            expanded(options.file),
            actor(),
            session_id=options.session,
            dry_run=options.dry_run,
            two_people=dict.fromkeys(options.two_people, options.because),
            told=told,
        )
    if options.json:
        say_json(_as_json(result, options.session))
    else:
        _say(result, options.session)
    return ExitCode.DONE


def _as_json(result: "ImportResult", session_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "people": asdict(result.people),
        "registrations": asdict(result.registrations),
        "rejected": [{"row": one.row, "reason": one.reason} for one in result.rejected],
    }
    answer["namesakes"] = [
        {"participant_id": one.participant_id, "other": one.other}
        for one in result.namesakes
    ]
    answer["unchanged_clocks"] = [
        {"session_id": one.session_id, **asdict(one.owed)}
        for one in result.unchanged_clocks
    ]
    if session_id:
        answer["assigned"] = result.assigned
        answer["not_assigned"] = [asdict(one) for one in result.not_assigned]
    return answer


def _say(result: "ImportResult", session_id: str) -> None:
    if result.dry_run:
        say("A dry run: nothing was written.")
    say(f"People         {_counts(result.people)}")
    say(f"Registrations  {_counts(result.registrations)}")
    say(f"Rejected       {plural(len(result.rejected), 'row')}")
    for row in result.rejected:
        say(f"  row {row.row}: {show(row.reason)}")
    for twin in result.namesakes:
        say(
            f"Same person?   {show(twin.participant_id)} has the name and birth date of"
            f" {show(twin.other)}"
        )
    for clock in result.unchanged_clocks:
        say(f"Running clock  {show(clock.owed.text)} as a credit in {clock.session_id}")
    if session_id and not result.dry_run:
        say(
            f"Roll           {result.assigned} put on the roll of {session_id},"
            f" {result.on_roll_before} on it before"
        )
        for one in result.not_assigned:
            say(f"  {show(one.participant_id)} not: {show(one.reason)}")


def _counts(counts: "Counts") -> str:
    return f"{counts.new} new, {counts.changed} changed, {counts.same} same"
