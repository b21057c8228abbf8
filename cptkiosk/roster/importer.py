"""Brings the record up to date with a roster: read it, show it, apply it.

`load_roster` and `apply_roster` are apart, so that a screen can show what a roster
would change (`apply_roster` with `dry_run`) before anything is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.desk.needs import UnchangedClock
from cptkiosk.domain.events import candidate as e
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.state.candidate import RegisterPerson, Registration, StaffNamesake
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Actor, Refused, plural
from cptkiosk.errors import UsageError
from cptkiosk.host.work_progress import ProgressCallback, ignore_progress
from cptkiosk.roster.lost_zeros import rows_without_zeros
from cptkiosk.roster.model import (
    Decisions,
    Doubt,
    Layout,
    Note,
    ReadOptions,
    RejectedRow,
    RosterFile,
    RosterRow,
    RosterUnreadable,
)
from cptkiosk.roster.people_notes import notes_about, somebody_else
from cptkiosk.services.assignment import NotAssigned, assign_people, refresh_rolls
from cptkiosk.words import explain

NEW = frozenset({e.PersonRegistered, e.ModuleRegistered})

NOTHING_DECIDED = Decisions()

Outcome = tuple[Fact, ...] | Refused


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of something were new, changed, or as they were."""

    new: int = 0
    changed: int = 0
    same: int = 0


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What a roster changed, or would change."""

    people: Counts
    registrations: Counts
    rejected: tuple[RejectedRow, ...]
    """By row; those the reader left out, and those the rules refused."""
    accepted: tuple[tuple[RosterRow, tuple[Fact, ...]], ...]
    """The other rows, each with what it makes happen; nothing if all is as it was."""
    roster: RosterFile
    """How the file was read: encoding, delimiter, columns."""
    dry_run: bool
    assigned: int = 0
    """How many were put on the session's roll; none in a dry run."""
    on_roll_before: int = 0
    not_assigned: tuple[NotAssigned, ...] = ()
    namesakes: tuple[e.NamesakeNoticed, ...] = ()
    """Who has the name and birth date of another ID: two people, or one?"""
    notes: tuple[Note, ...] = ()
    """What to look at before this is recorded: the reader's, then about people."""
    unchanged_clocks: tuple[UnchangedClock, ...] = ()
    """Clocks that run on with less time than is approved now; none in a dry run."""


class UnusableRoster(UsageError):
    """Every row of a roster was left out by the reader."""

    def __init__(self, said: str, rejected: tuple[RejectedRow, ...]) -> None:
        super().__init__(said)
        self.rejected = rejected


class RefusedRoster(Refused):
    """Every row of a roster was refused by the rules, or left out before."""

    def __init__(
        self, code: str, rejected: tuple[RejectedRow, ...], /, *, reason: str
    ) -> None:
        super().__init__(code, reason=reason)
        self.rejected = rejected


def import_roster(
    desk: Desk,
    path: Path,
    actor: Actor,
    *,
    session_id: str = "",
    dry_run: bool = False,
    decided: Decisions = NOTHING_DECIDED,
    options: ReadOptions | None = None,
    told: ProgressCallback = ignore_progress,
) -> ImportResult:
    """Read a roster and bring the record up to date with it.

    What `told` raises ends the import, and nothing is recorded. What is `decided`
    lets people in who would be left out, for the reason that it gives.

    Raises:
        UsageError: if the file is no use.
        Refused: if no row may enter the record, or there is no such session.
        StorageError: if it could not be written; nothing is recorded then.
    """
    coming = decided.decided_ids(Doubt.NOT_COMING)
    options = replace(options or ReadOptions(), coming=coming)
    roster = load_roster(desk, path, options, told=told)
    return apply_roster(
        desk, roster, actor, session_id=session_id, dry_run=dry_run,
        decided=decided, told=told,
    )  # fmt: skip


def read_layout(desk: Desk, path: Path, options: ReadOptions | None = None) -> Layout:
    """Return how the roster at `path` is understood, even if it cannot be used so.

    Raises:
        UsageError: if the file as a whole is no use.
    """
    # Start-up time: readers of spreadsheets are loaded with the first roster.
    from cptkiosk.roster.reader import layout_of

    try:
        return layout_of(
            path, desk.definitions.module_aliases(), options or ReadOptions()
        )
    except RosterUnreadable as error:
        raise UsageError(f"{error} Nothing was changed.") from error


def load_roster(
    desk: Desk,
    path: Path,
    options: ReadOptions | None = None,
    *,
    told: ProgressCallback = ignore_progress,
) -> RosterFile:
    """Return what the roster at `path` says; nothing is written.

    Raises:
        UsageError: if the file is no use, or not one row of it is.
    """
    # Start-up time: readers of spreadsheets are loaded with the first roster.
    from cptkiosk.roster.reader import read_roster

    aliases = desk.definitions.module_aliases()
    try:
        roster = read_roster(path, aliases, options or ReadOptions(), told)
    except RosterUnreadable as error:
        raise UsageError(f"{error} Nothing was changed.") from error
    if not roster.rows:
        raise UnusableRoster(
            f"{visible(path.name, 60)} has no usable row:"
            f" {_first_reason(roster.rejected)} Nothing was changed. Correct the"
            " file, then import it again.",
            roster.rejected,
        )
    return roster


def apply_roster(
    desk: Desk,
    roster: RosterFile,
    actor: Actor,
    *,
    session_id: str = "",
    dry_run: bool = False,
    decided: Decisions = NOTHING_DECIDED,
    approved_by: Actor | None = None,
    told: ProgressCallback = ignore_progress,
) -> ImportResult:
    """Bring the record, and a session's roll, up to date with a roster.

    The people are written in one transaction, and what `told` raises takes all of it
    back; the roll follows person by person. If that is cut short, applying the same
    roster again does the rest. A coordinator who approved what is `decided` for
    someone who is signed in approved nothing else of the roster.

    Raises:
        Refused: if no row may enter the record, or there is no such session.
        StorageError: if it could not be written.
    """
    if session_id:
        desk.session(session_id)
    desk.catch_up()
    notes = (*roster.notes, *notes_about(desk, roster.rows, session_id))
    roster, accepted = _without_doubted(desk, roster, decided)
    outcomes = desk.registrar.register(
        [_registration_command(row, decided, accepted) for row in roster.rows],
        approved_by or actor,
        dry_run=dry_run,
        signed_in=actor,
        told=told,
    )
    rejected = _list_rejected(roster, outcomes)
    good = [
        (row, outcome)
        for row, outcome in zip(roster.rows, outcomes, strict=True)
        if not isinstance(outcome, Refused)
    ]
    if not good:
        raise RefusedRoster("no-row-usable", rejected, reason=_first_reason(rejected))
    people, registrations = _count_rows(good)
    result = ImportResult(
        people, registrations, rejected, tuple(good), roster, dry_run,
        namesakes=tuple(
            event
            for _, events in good
            for event in events
            if isinstance(event, e.NamesakeNoticed)
        ),
        notes=notes,
    )  # fmt: skip
    if dry_run:
        return result
    named = frozenset(row.participant_id for row, _ in good)
    refresh_rolls(desk, named, actor)
    result = replace(result, unchanged_clocks=desk.needs.find_unchanged_clocks(named))
    if not session_id:
        return result
    assigned, before, refused = assign_people(
        desk,
        session_id,
        [(row.participant_id, row.module_id) for row, _ in good],
        actor,
    )
    return replace(
        result, assigned=assigned, on_roll_before=before, not_assigned=refused
    )


def _without_doubted(
    desk: Desk, roster: RosterFile, decided: Decisions
) -> tuple[RosterFile, Mapping[str, Doubt]]:
    """Return a roster that makes no one another person, or two, and who is let in.

    A row of that kind is taken only if it was decided; its ID is returned with the doubt.
    """
    found = {
        **rows_without_zeros(desk, roster.rows),
        **somebody_else(desk, roster.rows),
    }
    accepted: dict[str, Doubt] = {}
    left_out: dict[int, RejectedRow] = {}
    for at, row in found.items():
        if row.doubt and decided.reason_for(row.doubt, row.participant_id):
            accepted[row.participant_id] = row.doubt
        else:
            left_out[at] = row
    rows = tuple(row for at, row in enumerate(roster.rows) if at not in left_out)
    rejected = (*roster.rejected, *dict.fromkeys(left_out.values()))
    return replace(roster, rows=rows, rejected=rejected), accepted


def _registration_command(
    row: RosterRow, decided: Decisions, accepted: Mapping[str, Doubt]
) -> RegisterPerson:
    about = row.participant_id
    doubt = accepted.get(about)
    if doubt is None and row.not_coming:
        doubt = Doubt.NOT_COMING
    registration = Registration(
        row.module_id,
        row.user_code,
        row.factor_permille,
        row.paid,
        row.stop_clock,
        row.code_expires,
    )
    return RegisterPerson(
        participant_id=about,
        family_name=row.family_name,
        given_name=row.given_name,
        birth_date=row.birth_date,
        registration=registration if row.module_id else None,
        reason=f"roster, row {row.row}",
        two_people=decided.reason_for(Doubt.NAMESAKE, about),
        doubt=doubt or "",
        accepted=decided.reason_for(doubt, about) if doubt else "",
    )


def _list_rejected(
    roster: RosterFile, outcomes: Sequence[Outcome]
) -> tuple[RejectedRow, ...]:
    refused = {
        RejectedRow(row.row, explain(outcome).rstrip("."), *_read_doubt(row, outcome))
        for row, outcome in zip(roster.rows, outcomes, strict=True)
        if isinstance(outcome, Refused)
    }
    return tuple(
        sorted({*roster.rejected, *refused}, key=lambda one: (one.row, one.reason))
    )


def _read_doubt(row: RosterRow, refused: Refused) -> tuple[Doubt | None, str]:
    """Return what of a refusal the coordinator can decide, and about whom."""
    if isinstance(refused, StaffNamesake):
        return Doubt.NAMESAKE, row.participant_id
    return None, ""


def _first_reason(rejected: Sequence[RejectedRow]) -> str:
    """Return the first rejected row as the end of a sentence."""
    more = len(rejected) - 1
    also = f" (and {plural(more, 'more row')})" if more else ""
    return f"row {rejected[0].row}, {rejected[0].reason}{also}."


def _count_rows(
    good: Sequence[tuple[RosterRow, tuple[Fact, ...]]],
) -> tuple[Counts, Counts]:
    """Count people and registrations, each once however many rows name them."""
    people: dict[str, set[type[Fact]]] = {}
    registrations: dict[tuple[str, str], set[type[Fact]]] = {}
    for row, events in good:
        about_person = {
            type(event) for event in events if isinstance(event, e.PersonFact)
        }
        about_module = {
            type(event) for event in events if isinstance(event, e.RegistrationFact)
        }
        people.setdefault(row.participant_id, set()).update(about_person)
        if row.module_id:
            key = (row.participant_id, row.module_id)
            registrations.setdefault(key, set()).update(about_module)
    return _tally_facts(people.values()), _tally_facts(registrations.values())


def _tally_facts(happened: Iterable[set[type[Fact]]]) -> Counts:
    found = [
        "same" if not kinds else "new" if kinds & NEW else "changed"
        for kinds in happened
    ]
    return Counts(found.count("new"), found.count("changed"), found.count("same"))
