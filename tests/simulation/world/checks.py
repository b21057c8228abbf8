"""What must hold on a simulated day: after every step, and when it is over."""

from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.state import session_changes
from cptkiosk.domain.state.attempt import OUTCOMES, Attempt, AttemptProgress
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import BundleKind
from cptkiosk.errors import VerificationError
from cptkiosk.ledger.maintenance.verify import rebuild_projections, verify_ledger
from cptkiosk.reports.report_check import find_report_fault
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.upload.bundle import make_bundle, take_snapshot
from cptkiosk.upload.bundle_check import check_bundle
from simulation.world.reference_model import Paper
from simulation.world.terminals import DayFailed, Terminals, must
from support.ticks import TICK_MS


def check_time(desk: Desk, paper: Paper, true_ms: int) -> None:
    """See that a terminal shows what the stopwatches show.

    Raises:
        DayFailed: naming the first who lost or gained time.
    """
    paper.now = true_ms // TICK_MS
    session = desk.session(paper.session_id)
    line_ms = session.timeline_ms(desk.now())
    unbridged = session.running and desk.now().boot_id not in session.offsets
    for one in session.attempts.values():
        _check_outcome(one, paper)
        if not unbridged and not paper.error_ms:
            _check_clock(session, one, line_ms, paper)


def _check_outcome(one: Attempt, paper: Paper) -> None:
    outcome = one.standing.value if one.standing in OUTCOMES else ""
    kept = paper.sheets[one.attempt_id].outcome
    must(
        outcome == kept,
        f"one outcome: {one.attempt_id} is {one.standing} and by hand '{kept}'",
    )


def _check_clock(session: Session, one: Attempt, line_ms: int, paper: Paper) -> None:
    sheet = paper.sheets[one.attempt_id]
    used_ms = sheet.used_ms(paper.now, paper.stops())
    left_ms = sheet.allowed_ms - used_ms
    shown = (
        session.elapsed_ms(one, line_ms),
        one.allowed_ms,
        session.left_ms(one, line_ms),
    )
    must(
        shown == (used_ms, sheet.allowed_ms, left_ms),
        f"no time made or lost: {one.attempt_id} used, is allowed and has left {shown},"
        f" by hand {(used_ms, sheet.allowed_ms, left_ms)}",
    )
    if one.standing is AttemptProgress.TESTING:
        over = session.progress(one, line_ms) is AttemptProgress.TIME_UP
        must(over == (left_ms <= 0), f"{one.attempt_id}: {left_ms} left, over: {over}")
        end_ms = session.end_ms(one, line_ms)
        began_ms = max(line_ms, one.start_line_ms or 0)
        stopped = sheet.paused_since is not None or paper.halted_since is not None
        due = None if stopped else began_ms + left_ms
        if over and end_ms is not None and end_ms <= line_ms:
            # What stopped later than the end moves it no more.
            used_by_then_ms = session.elapsed_ms(one, end_ms)
            due = end_ms if used_by_then_ms == sheet.allowed_ms else None
        must(end_ms == due, f"{one.attempt_id} ends at {end_ms}, by hand at {due}")


def check_same_second(terminals: Terminals) -> None:
    """See that all terminals show the same, to the millisecond.

    Raises:
        DayFailed: if two differ.
    """
    shown: dict[str, tuple[str, object]] = {}
    for terminal in terminals.all:
        desk = terminal.desk
        desk.catch_up()
        for session_id in terminals.papers:
            session = desk.session(session_id)
            line_ms = session.timeline_ms(desk.now())
            now = (
                session.stage,
                [
                    (
                        session.left_ms(one, line_ms),
                        session.progress(one, line_ms),
                        session.end_ms(one, line_ms),
                        one.score,
                    )
                    for one in session.attempts.values()
                ],
            )
            name, first = shown.setdefault(session_id, (terminal.name, now))
            must(first == now, f"{name} and {terminal.name} differ about {session_id}")


def check_memory(desk: Desk, session_ids: tuple[str, ...]) -> None:
    """See that what a terminal has in memory is what the record says.

    Raises:
        DayFailed: if it is not.
    """
    desk.catch_up()
    for session_id in session_ids:
        again = session_changes.replay(desk.ledger.read_stream(f"session/{session_id}"))
        must(desk.session(session_id) == again, f"{session_id} folds to something else")


def sealed_of(desk: Desk, session_id: str) -> tuple[str, bytes]:
    """Return report and bundles of the revision that is sealed."""
    report, made = "", b""
    for kind in BundleKind:
        sealed = take_snapshot(desk, session_id, kind)
        report = sealed_report(desk.definitions)(sealed)
        bundle = make_bundle(desk, sealed, report)
        try:
            check_bundle(bundle, find_report_fault)
        except VerificationError as error:
            raise DayFailed(f"the {kind} bundle of {session_id}: {error}") from error
        made += bundle
    return report, made


def check_whole_day(
    terminals: Terminals, reports: dict[str, tuple[str, bytes]], folder: Path
) -> None:
    """See that the record of the day is whole, from the file alone.

    Raises:
        VerificationError: naming the first thing that does not hold.
    """
    check_same_second(terminals)
    terminals.compare(whole=True)
    for one in list(terminals.all):
        terminals.off(one)
    fresh = terminals.open("t9").desk
    verified = verify_ledger(fresh.ledger)
    must(verified.entries == len(terminals.log), "the chain is shorter than the day")
    sealed = sum(kind == "session-sealed.v1" for _, _, _, kind, _ in terminals.log)
    must(verified.signed_heads == sealed, "every seal is signed")
    for session_id, paper in terminals.papers.items():
        session = fresh.session(session_id)
        must(
            session.stage in {Stage.SEALED, Stage.CANCELLED},
            f"{session_id} is {session.stage} at the end of the day",
        )
        must(session.revision == paper.seals, f"{session_id} is of another revision")
        check_time(fresh, paper, terminals.clock.true_ms)
        _check_one_outcome(session, paper)
    for session_id, (report, bundle) in reports.items():
        again = sealed_of(fresh, session_id)
        must(again[0] == report, f"the sealed report of {session_id} reads otherwise")
        must(again[1] == bundle, f"the bundle of {session_id} has other bytes")
    if verified.entries % 4 == 0:
        rebuild_projections(fresh.ledger, "s1")
        must(verify_ledger(fresh.ledger) == verified, "folded again, the tables differ")
    must(not list(folder.glob("*.part")), "half a bundle was left")


def _check_one_outcome(session: Session, paper: Paper) -> None:
    must(session.attempts.keys() == paper.sheets.keys(), "somebody is not on the roll")
    for one in session.attempts.values():
        must(one.standing in OUTCOMES, f"{one.attempt_id} has no outcome")
        started = paper.sheets[one.attempt_id].start is not None
        must(
            (one.end_line_ms is not None) == started,
            f"{one.attempt_id} is {one.standing} and started: {started}",
        )
