"""What a release and an official report make of an attempt."""

from collections.abc import Mapping
from dataclasses import replace

from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.events.vendor import CodeReleased, OfficialReported
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.official import Official, OfficialReport
from cptkiosk.domain.state.score_changes import Handler, apply_keying
from cptkiosk.domain.state.score_state import ScoreState


def _after_code_released(
    event: CodeReleased, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    released = replace(attempt.at_vendor, released_utc_ms=entry.at.utc_ms)
    return attempt.take_step(entry, timeline_ms, at_vendor=released)


def _after_official_reported(
    event: OfficialReported, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    report = OfficialReport(
        event.raw_min, event.raw_max, event.shown, event.vendor_verdict,
        entry.at.utc_ms, entry.seq,
    )  # fmt: skip
    at_vendor = replace(attempt.at_vendor, report=report)
    if event.keyed:
        first = ScoreState.CORRECTED if attempt.was_verified else ScoreState.ENTERED
        keyed = apply_keying(event, first, attempt, entry, timeline_ms)
        return replace(keyed, at_vendor=at_vendor)
    reported = attempt.take_step(entry, timeline_ms, at_vendor=at_vendor)
    if reported.official is not Official.DIFFERS:
        return reported
    # What was settled before did not know of this report.
    return replace(reported, settled="")


HANDLERS: Mapping[type[Fact], Handler] = {
    CodeReleased: _after_code_released,
    OfficialReported: _after_official_reported,
}
"""What each event about the vendor's results does."""
