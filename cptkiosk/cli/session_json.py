"""A session as `session show --json` tells it."""

from typing import Any

from cptkiosk.cli.output import pick_fields
from cptkiosk.desk import Desk
from cptkiosk.domain.events.session import named_in
from cptkiosk.domain.rules.duties import find_records
from cptkiosk.domain.rules.duty import DutyRecord
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.blockers import Blocker
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.session import Irregularity, Session, Stage
from cptkiosk.domain.time.calendar import utc_text
from cptkiosk.reports.approved_steps import approved_text
from cptkiosk.reports.decisions import decision_text
from cptkiosk.services.people import seen_keyings
from cptkiosk.words import describe_odd_date, describe_step, explain_why


def session_json(desk: Desk, session: Session) -> dict[str, Any]:
    """Return a session for a script."""
    timeline_ms = session.timeline_ms(desk.now())
    step = desk.next_step(session)
    return {
        **pick_fields(session, "session_id", "title", "stage"),
        "starts_at_utc": utc_text(session.starts_at_utc_ms),
        "modules": list(session.module_ids),
        "rooms": [pick_fields(one, "name", "rows", "columns") for one in session.rooms],
        **pick_fields(session, "lead", "script_read", "revision", "signed_by"),
        **pick_fields(session, "changed_since_seal"),
        "next": {
            "text": describe_step(step),
            "action": step.action,
            "attempt_id": step.attempt_id,
        },
        "blockers": [
            {
                "text": explain_why(one.reason),
                "place": one.place,
                "attempt_id": one.attempt_id,
            }
            for one in _find_blockers(session, timeline_ms)
        ],
        "irregularities": [_irregularity_json(one) for one in session.irregularities],
        "bundles": [
            {"revision": one.revision, "to": one.destination, "sha256": one.sha256}
            for one in session.bundles
        ],
        "reasons": [
            {"at_utc": utc_text(at.utc_ms), "what": what, "reason": why.text}
            for at, what, why in session.reasons
        ],
        "odd_dates": [
            {
                "at_utc": utc_text(at.utc_ms),
                "code": odd.code,
                "params": dict(odd.params),
                "text": describe_odd_date(odd, desk.center.name_of),
            }
            for at, odd in session.odd_dates
        ],
        "hand_overs": [
            {"at_utc": utc_text(at.utc_ms), "from": before, "to": after}
            for at, before, after in session.hand_overs
        ],
        **{
            duty.name: _duty_json(record)
            for duty, record in find_records(session, timeline_ms)
        },
        "decisions": [
            {
                "at_utc": utc_text(one.at.utc_ms),
                "by": one.by,
                "attempt_id": one.event.attempt_id,
                "text": decision_text(session, one.event),
            }
            for one in session.decisions
        ],
        "approvals": [
            {
                "at_utc": utc_text(at.utc_ms),
                **pick_fields(approved, "by", "asked_by", "step"),
                **_approval_json(session, number),
            }
            for number, (at, approved) in enumerate(session.approvals)
        ],
        "attempts": [
            _attempt_json(session, one, timeline_ms)
            for one in session.attempts.values()
        ],
    }


def _duty_json(record: DutyRecord) -> dict[str, Any]:
    """Return how a duty was done; durations leave halts out."""
    return {
        "every_minutes": record.every_minutes,
        "count": record.count,
        "longest_ms": record.longest.ran_ms,
        "missed": [
            {
                "from_utc": utc_text(one.from_line_ms),
                "to_utc": utc_text(one.to_line_ms),
                "ran_ms": one.ran_ms,
            }
            for one in record.missed
        ],
    }


def _approval_json(session: Session, number: int) -> dict[str, Any]:
    """Return whom an approved step is about, and what it was exactly."""
    events = [event for of, event in session.approved if of == number]
    whom = dict.fromkeys(one for event in events for one in named_in(event))
    return {"attempt_ids": list(whom), "text": approved_text(session, events)}


def _find_blockers(session: Session, timeline_ms: int) -> tuple[Blocker, ...]:
    """Return what keeps the session from its next stage."""
    match session.stage:
        case Stage.CHECK_IN:
            return blockers.to_start(session)
        case Stage.RUNNING | Stage.HALTED:
            return blockers.to_end(session, timeline_ms)
        case Stage.ENDED | Stage.ABANDONED:
            return blockers.to_seal(session)
        case _:
            return ()


def _attempt_json(session: Session, one: Attempt, timeline_ms: int) -> dict[str, Any]:
    # The first keying stays unseen until the second agrees.
    verified = one.score.state is ScoreState.VERIFIED
    return {
        **pick_fields(one, "attempt_id", "participant_id", "room", "seat"),
        "person": one.person.text,
        "module_id": one.module.module_id,
        "progress": session.progress(one, timeline_ms).value,
        "score_state": one.score.state.value,
        "raw_min": one.score.raw_min if verified else None,
        "raw_max": one.score.raw_max if verified else None,
        "vendor_verdict": one.score.vendor_verdict if verified else "",
        "discrepancy": one.has_discrepancy,
        **pick_fields(one, "settled", "official", "validity", "void_reference"),
        **pick_fields(one, "counts", "continues", "carried_ms", "walk_in", "drift_ms"),
        "passed": one.has_passed if verified else None,
        "keyings": [{"shown": shown, "by": by} for shown, by in seen_keyings(one)],
        "untimed": one.is_untimed,
        "override": one.override.text if one.override is not None else "",
    }


def _irregularity_json(one: Irregularity) -> dict[str, Any]:
    event = one.event
    texts = ("observed", "action_taken", "observer", "witnesses", "told")
    said = {name: getattr(event, name) for name in texts}
    return {
        **pick_fields(event, "irregularity_id", "code", "severity", "scope"),
        **pick_fields(event, "attempt_ids", "estimated", "minutes_lost", "validity"),
        **pick_fields(event, "vendor_case", "completed", "void_recommended"),
        **pick_fields(event, "missing", "supersedes"),
        "happened_utc": utc_text(event.happened_at_utc_ms),
        "recorded_utc": utc_text(one.recorded_at.utc_ms),
        "recorded_by": one.recorded_by,
        "details": {name: text.text for name, text in event.details},
        **{name: text.text if text else "" for name, text in said.items()},
    }
