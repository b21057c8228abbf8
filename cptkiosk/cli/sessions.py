"""`session list`, `session show`."""

from argparse import Namespace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cptkiosk.cli.opening import the_desk
from cptkiosk.cli.output import say, say_json, table
from cptkiosk.errors import ExitCode

if TYPE_CHECKING:
    from cptkiosk.desk import Desk
    from cptkiosk.domain.attempt import Attempt
    from cptkiosk.domain.session import Session


def run(options: Namespace) -> int:
    """Run one of the commands about sessions."""
    if options.command == "session plan":
        from cptkiosk.cli import plans

        return plans.run(options)
    return _list(options) if options.command == "session list" else _show(options)


def utc_text(ms: int) -> str:
    """Return an instant as a script reads it."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def local_text(ms: int, zone: ZoneInfo) -> str:
    """Return an instant as people at the center read it."""
    moment = datetime.fromtimestamp(ms // 1000, UTC).astimezone(zone)
    return f"{moment:%Y-%m-%d %H:%M %Z}"


def _list(options: Namespace) -> int:
    from cptkiosk import lists

    with the_desk(options, read_only=True) as desk:
        found, zone = lists.sessions(desk.ledger), desk.zone
    if options.json:
        say_json(
            [
                {
                    "session_id": one.session_id,
                    "title": one.title,
                    "stage": one.stage.value,
                    "starts_at_utc": utc_text(one.starts_at_utc_ms),
                    "modules": list(one.modules),
                    "rooms": list(one.rooms),
                    "people": one.people,
                    "scores_open": one.scores_open,
                    "revision": one.revision,
                    "bundles": one.bundles,
                }
                for one in found
            ]
        )
        return ExitCode.DONE
    if not found:
        say("There is no session yet. Plan one with 'cptkiosk session plan'.")
        return ExitCode.DONE
    header = ("session", "starts", "stage", "people", "modules", "rooms", "title")
    rows = [
        (
            one.session_id,
            local_text(one.starts_at_utc_ms, zone),
            one.stage,
            one.people,
            ",".join(one.modules),
            ",".join(one.rooms),
            one.title,
        )
        for one in found
    ]
    say(table(header, rows))
    return ExitCode.DONE


def _show(options: Namespace) -> int:
    from cptkiosk.credentials import progress_of
    from cptkiosk.reports.session_report import session_report

    with the_desk(options, read_only=True) as desk:
        session = desk.session(options.session)
        if options.json:
            say_json(_session_json(session, session.line_ms(desk.now())))
            return ExitCode.DONE
        head, sealed_ms = _proof(desk, session)
        people = {one.participant_id for one in session.attempts.values()}
        report = session_report(
            session,
            desk.center,
            desk.zone,
            desk.definitions,
            head=head,
            sealed_utc_ms=sealed_ms,
            progress={one: progress_of(desk, one) for one in people},
        )
    say(report.rstrip("\n"))
    return ExitCode.DONE


def _proof(desk: "Desk", session: "Session") -> tuple[Any, int]:
    """Return the head that was signed with the seal, or the one now; and when."""
    from cptkiosk.domain.session import Stage
    from cptkiosk.ledger.chain import Head

    if session.stage is not Stage.SEALED:
        return desk.ledger.head(), 0
    query = "SELECT seq, hash, at_utc_ms FROM entry WHERE seq = ?"
    seq, stored, sealed_ms = desk.ledger.rows(query, (session.sealed_seq,))[0]
    return Head(seq, stored), sealed_ms


def _session_json(session: "Session", line_ms: int) -> dict[str, Any]:
    return {
        "session_id": session.session_id,
        "title": session.title,
        "stage": session.stage.value,
        "starts_at_utc": utc_text(session.starts_at_utc_ms),
        "modules": list(session.module_ids),
        "rooms": [
            {"name": room.name, "rows": room.rows, "columns": room.columns}
            for room in session.rooms
        ],
        "revision": session.revision,
        "signed_by": session.signed_by,
        "irregularities": len(session.irregularities),
        "bundles": [
            {"revision": one.revision, "to": one.destination, "sha256": one.sha256}
            for one in session.bundles
        ],
        "attempts": [
            _attempt_json(session, one, line_ms) for one in session.attempts.values()
        ],
    }


def _attempt_json(session: "Session", one: "Attempt", line_ms: int) -> dict[str, Any]:
    from cptkiosk.domain.attempt import ScoreState

    # The first keying stays unseen until the second agrees.
    verified = one.score.state is ScoreState.VERIFIED
    verdict = one.verdict if verified else None
    return {
        "attempt_id": one.attempt_id,
        "participant_id": one.participant_id,
        "person": one.person.text,
        "module_id": one.module.module_id,
        "room": one.room,
        "seat": one.seat,
        "progress": session.progress(one, line_ms).value,
        "score_state": one.score.state.value,
        "raw_min": one.score.raw_min if verified else None,
        "raw_max": one.score.raw_max if verified else None,
        "passed": None if verdict is None else verdict.passed,
        "validity": one.validity.value,
        "counts": one.counts,
    }
