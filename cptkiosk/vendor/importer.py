"""Brings the record up to date with the vendor's report: plan it, show it, record it.

`plan_import` asks the rules what each row would make happen and writes nothing;
`record_plan` records that in one transaction, one step to undo for each session.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cptkiosk.desk import Desk, Recorded
from cptkiosk.domain.commands.base import Batch
from cptkiosk.domain.commands.vendor import RecordOfficial
from cptkiosk.domain.state import scoring
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.official import Official
from cptkiosk.domain.state.score_state import KEYED_ONCE, ScoreState
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.values import Actor, Refused, plural
from cptkiosk.ledger.queries import TakenLine
from cptkiosk.roster.model import ReadOptions
from cptkiosk.vendor.matching import Matcher, NotMatched
from cptkiosk.vendor.reading import Report, ReportRow
from cptkiosk.words import explain


class Outcome(StrEnum):
    """What a row of the report comes to."""

    DIFFERS = "differs"
    """Not the verified score: a coordinator decides."""

    REJECTED = "rejected"
    NOT_HERE = "not here"
    """Someone else's, as far as the record can tell."""

    MISSING = "missing"
    """No row: someone of the same session is not in the report."""

    ENTRY = "entry"
    """It counts as an entry of a score that was not entered twice."""

    NOTED = "noted"
    """Kept until there is a verified score to compare it with."""

    CONFIRMS = "confirms"
    SAME = "same"
    """On record already."""


WRITTEN = frozenset({Outcome.DIFFERS, Outcome.ENTRY, Outcome.NOTED, Outcome.CONFIRMS})
"""What is recorded."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row of the report, or someone it lacks, and what comes of it."""

    what: Outcome
    who: str
    why: str
    row: int = 0
    """The row number that a spreadsheet shows; 0 for someone the report lacks."""

    session_id: str = ""
    attempt_id: str = ""
    command: RecordOfficial | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What recording a report would do."""

    rows: tuple[PlannedRow, ...]
    """What needs a person first, then as in the report."""

    report: Report
    versions: tuple[tuple[str, int], ...]
    """The sessions that it is about, and how far they were read."""

    @property
    def to_record(self) -> tuple[RecordOfficial, ...]:
        """What would be recorded."""
        return tuple(one.command for one in self.rows if one.command is not None)

    def count_rows(self, what: Outcome) -> int:
        """Return how many rows come to that."""
        return sum(one.what is what for one in self.rows)


def load_report(
    desk: Desk, path: Path, options: ReadOptions, shown_as: str = ""
) -> Report:
    """Return what the report at `path` says, if anything; nothing is written.

    Args:
        desk: where it would be recorded.
        path: the file.
        options: how someone wants it read.
        shown_as: what a number is in a column that does not say: raw, percent, or
            nothing if no one was asked; then what the center's policy says.

    Raises:
        UsageError: if the file as a whole is no use.
    """
    # Start-up time: readers of spreadsheets are loaded with the first report.
    from cptkiosk.vendor.reading import read_report

    policy = desk.definitions.policies.score_shown
    if not shown_as and policy != "either":
        shown_as = policy
    return read_report(path, desk.definitions.module_aliases(), options, shown_as)


def plan_import(desk: Desk, report: Report, actor: Actor) -> Plan:
    """Return what recording a report would do; nothing is written.

    Args:
        desk: where it would be recorded.
        report: as it was read.
        actor: who asks; rows are planned as if a coordinator had approved them.
    """
    desk.catch_up()
    planner = _Planner(desk, report, actor)
    rows = [planner.plan_row(row) for row in report.rows]
    rows = list(_without_twins(rows))
    about = sorted({one.session_id for one in rows if one.session_id})
    found = {(one.session_id, one.attempt_id) for one in rows}
    rows += [one for each in about for one in _list_missing(desk, each, found)]
    rows.sort(key=lambda one: (list(Outcome).index(one.what), one.row, one.who))
    versions = tuple((one, desk.session(one).version) for one in about)
    return Plan(tuple(rows), report, versions)


def record_plan(desk: Desk, plan: Plan, actor: Actor) -> Recorded:
    """Record what a plan shows, all of it or nothing.

    Raises:
        Refused: if a score must be said to be raw or percent, if nothing is to be
            recorded, if the record changed since the plan was made, or by the rules.
        StorageError: if it could not be written.
    """
    if plan.report.asks_which:
        raise Refused("report-raw-or-percent")
    if not plan.to_record:
        raise Refused("report-nothing-new")
    desk.catch_up()
    if any(desk.session(one).version != version for one, version in plan.versions):
        raise Refused("report-plan-old")
    by_session = defaultdict(list)
    for command in plan.to_record:
        by_session[command.session_id].append(command)
    batches = [
        Batch(session_id=session_id, commands=tuple(commands))
        for session_id, commands in sorted(by_session.items())
    ]
    return desk.perform_together(batches, actor)


class _Planner:
    """Says what one row after the other would come to."""

    def __init__(self, desk: Desk, report: Report, actor: Actor) -> None:
        self._desk, self._report, self._actor = desk, report, actor
        self._matcher = Matcher(desk)

    def plan_row(self, row: ReportRow) -> PlannedRow:
        """Return what a row comes to."""
        named = row.name or row.participant_id or row.user_code
        try:
            found = self._matcher.match_row(row)
        except NotMatched as error:
            foreign = error.is_foreign and not row.trouble
            what = Outcome.NOT_HERE if foreign else Outcome.REJECTED
            return PlannedRow(what, named, row.trouble or error.reason, row.row)
        if row.trouble:
            return PlannedRow(
                Outcome.REJECTED, named, row.trouble, row.row,
                found.session_id, found.attempt_id,
            )  # fmt: skip
        return self._plan_match(row, found)

    def _plan_match(self, row: ReportRow, found: TakenLine) -> PlannedRow:
        session = self._desk.session(found.session_id)
        before = session.attempts[found.attempt_id]
        who = f"{session.label(before)}, {before.module.short}"
        command = RecordOfficial(
            session_id=found.session_id,
            attempt_id=found.attempt_id,
            shown=row.shown,
            shown_as=row.shown_as,
            vendor_verdict=row.verdict,
            source=self._report.sha256,
        )
        try:
            after = self._desk.preview.foresee_session(command, self._actor)
            self._check_both(row, before)
        except Refused as refusal:
            why = explain(refusal)
            return PlannedRow(
                Outcome.REJECTED, who, why, row.row, found.session_id, found.attempt_id
            )
        what, why = _compare_attempts(before, after.attempts[found.attempt_id], row)
        return PlannedRow(
            what, who, why, row.row, found.session_id, found.attempt_id,
            command if what in WRITTEN else None,
        )  # fmt: skip

    def _check_both(self, row: ReportRow, attempt: Attempt) -> None:
        """Check that a percent beside the number of correct answers means the same.

        The rules have accepted that number, so it is a whole one.

        Raises:
            Refused: if it does not.
        """
        if not row.second:
            return
        policy = self._desk.definitions.policies.percent_shown
        percent = scoring.read_range(row.second, attempt.module, policy)
        if not percent.raw_min <= int(row.shown) <= percent.raw_max:
            raise Refused("report-two-scores", shown=row.shown, percent=row.second)


def _compare_attempts(
    before: Attempt, after: Attempt, row: ReportRow
) -> tuple[Outcome, str]:
    """Return what a report makes of an attempt, and says, in words."""
    verdict = f", {display_term(row.verdict)}" if row.verdict else ""
    said = f"{row.shown}{verdict}"
    if after.at_vendor == before.at_vendor:
        return Outcome.SAME, f"{said}: already on record"
    if len(after.keyings) > len(before.keyings):
        # What the first entry is stays hidden, and so does whether this agrees.
        number = "second" if before.score.state in KEYED_ONCE else "first"
        return Outcome.ENTRY, f"{said}: counts as the {number} entry"
    if after.official is Official.OFFICIAL:
        return Outcome.CONFIRMS, f"{said}: the verified score"
    if after.official is Official.DIFFERS:
        known = before.score.shown or "no score"
        if before.has_passed is not None and row.verdict:
            known += f", {'pass' if before.has_passed else display_term('not pass')}"
        return Outcome.DIFFERS, f"{said}; here {known}"
    return Outcome.NOTED, f"{said}: compared once the score is entered twice"


def _without_twins(rows: Sequence[PlannedRow]) -> Iterator[PlannedRow]:
    """Yield the rows; of two about one attempt neither counts, unless they are the same."""
    by_attempt: dict[tuple[str, str], list[PlannedRow]] = defaultdict(list)
    for one in rows:
        if one.attempt_id:
            by_attempt[one.session_id, one.attempt_id].append(one)
    for one in rows:
        twins = by_attempt.get((one.session_id, one.attempt_id), [one])
        if len({(twin.command, twin.why) for twin in twins}) > 1:
            numbers = " and ".join(f"{twin.row}" for twin in twins)
            why = f"rows {numbers} are about the same attempt and differ"
            yield PlannedRow(
                Outcome.REJECTED, one.who, why, one.row, one.session_id, one.attempt_id
            )
        elif twins[0] is not one:
            why = f"the same as row {twins[0].row}"
            yield PlannedRow(
                Outcome.SAME, one.who, why, one.row, one.session_id, one.attempt_id
            )
        else:
            yield one


def _list_missing(
    desk: Desk, session_id: str, found: Iterable[tuple[str, str]]
) -> Iterator[PlannedRow]:
    """Yield who of a session has no official score and is not in the report."""
    session, in_report = desk.session(session_id), set(found)
    for one in session.attempts.values():
        known = (session_id, one.attempt_id) in in_report or one.at_vendor.report
        is_due = one.owes_score and one.score.state is not ScoreState.NOT_APPLICABLE
        if is_due and not known:
            who = f"{session.label(one)}, {one.module.short}"
            yield PlannedRow(
                Outcome.MISSING, who, "not in the report",
                session_id=session_id, attempt_id=one.attempt_id,
            )  # fmt: skip


def count_words(plan: Plan) -> str:
    """Return how many rows come to what: 'differs 1, confirms 38'."""
    counts = ((one, plan.count_rows(one)) for one in Outcome)
    return ", ".join(f"{one} {number}" for one, number in counts if number)


def recorded_words(plan: Plan) -> str:
    """Return what a status line says once a plan is recorded."""
    scores = plural(len(plan.to_record), "official score")
    differ = plan.count_rows(Outcome.DIFFERS)
    return f"{scores} recorded" + (f", {differ} to decide" if differ else "")
