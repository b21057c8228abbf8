"""A bundle as the Upload screen lists it: one row, and the whole of it below."""

from collections.abc import Callable

from cptkiosk.domain.values import plural
from cptkiosk.services.deliveries import Arrived, Due
from cptkiosk.ui.widgets.filterable_table import Row
from cptkiosk.upload.queue import Waiting, Written

Listed = Due | Waiting | Arrived | Written


def row_key(one: Listed) -> str:
    """Return what tells a bundle from the others in the list."""
    match one:
        case Due():
            return f"{one.destination.name}/{one.session_id}"
        case Waiting():
            return one.session_id
        case Arrived():
            return one.event.key
        case Written():
            return f"#{one.seq}"


class BundleRows:
    """Writes bundles as rows and lines.

    Args:
        day: returns a moment (UTC, milliseconds) as people at the center write it.
    """

    def __init__(self, day: Callable[[int], str]) -> None:
        self._day = day

    def make_row(self, one: Listed) -> Row:
        """Return the row of a bundle."""
        return self._show(one)[0]

    def make_lines(self, one: Listed) -> tuple[str, ...]:
        """Return all there is to say about a bundle."""
        return self._show(one)[1]

    def _show(self, one: Listed) -> tuple[Row, tuple[str, ...]]:
        match one:
            case Due():
                return self._show_due(one)
            case Waiting():
                return self._show_waiting(one)
            case Arrived():
                return self._show_arrived(one)
            case Written():
                return self._show_written(one)

    def _show_due(self, one: Due) -> tuple[Row, tuple[str, ...]]:
        name, failure = one.destination.name, one.failure
        place = f"{name} ({one.destination.kind})"
        state, when, where = "queued", "-", name
        lines: tuple[str, ...] = (
            f"Sealed. Waiting to be uploaded to {place}. Press u to upload.",
        )
        if failure is not None:
            state, when = "failed", self._day(failure.at_utc_ms)
            where = f"{name}: {failure.reason}"
            lines = (f"Not delivered to {place} since {when}:", failure.reason)
        named = (f"{one.title}  {one.session_id}", f"{one.revision}", state)
        return Row(row_key(one), (*named, "-", when, where), "attention"), lines

    def _show_waiting(self, one: Waiting) -> tuple[Row, tuple[str, ...]]:
        state, when, why = "waiting", "-", ""
        lines: tuple[str, ...] = ("Sealed. The bundle has not been written yet.",)
        if one.failures:
            last = one.failures[-1]
            state, when, why = "failed", self._day(last.at_utc_ms), last.reason
            tries = plural(len(one.failures), "try", "tries")
            lines = (f"{tries}, most recently to {last.destination}:", last.reason)
        named = (f"{one.title}  {one.session_id}", f"{one.revision}", state)
        cells = (*named, f"{len(one.failures)}", when, why)
        return Row(row_key(one), cells, "attention"), lines

    def _show_arrived(self, one: Arrived) -> tuple[Row, tuple[str, ...]]:
        event, day = one.event, self._day(one.at_utc_ms)
        named = (f"{one.title}  {event.session_id}", f"{event.revision}", "delivered")
        lines = (
            f"{event.file_name} ({event.bundle}) to {event.destination}",
            f"SHA-256 {event.sha256}",
            f"Delivered {day}. Receipt: {event.receipt.text}",
        )
        return Row(row_key(one), (*named, "-", day, event.destination), "good"), lines

    def _show_written(self, one: Written) -> tuple[Row, tuple[str, ...]]:
        state, at_ms, tone = "no receipt", one.at_utc_ms, ""
        proof = "Awaiting confirmation. When a receipt arrives, press r to import it."
        if one.receipt is not None:
            state, at_ms, tone = "receipt", one.receipt.received_utc_ms, "good"
            by = one.receipt.received_by.text
            proof = f"Confirmed on {self._day(at_ms)} by {by}"
        elif one.replaced:
            state, tone = "replaced", "quiet"
            proof = "Replaced by a later revision before it was confirmed."
        named = (f"{one.title}  {one.session_id}", f"{one.revision}", state)
        cells = (*named, f"{one.tries}", self._day(at_ms), one.destination)
        tries = plural(one.tries, "try", "tries")
        lines = (
            f"{one.destination}/{one.file_name}",
            f"SHA-256 {one.sha256}",
            f"Written {self._day(one.at_utc_ms)}, {tries}. {proof}",
        )
        return Row(row_key(one), cells, tone), lines
