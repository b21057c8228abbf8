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
        match one:
            case Due():
                return self._due_row(one)
            case Waiting():
                return self._waiting_row(one)
            case Arrived():
                return self._arrived_row(one)
            case Written():
                return self._written_row(one)

    def make_lines(self, one: Listed) -> tuple[str, ...]:
        """Return all there is to say about a bundle."""
        match one:
            case Due():
                return self._due_lines(one)
            case Waiting():
                return self._waiting_lines(one)
            case Arrived():
                return self._arrived_lines(one)
            case Written():
                return self._written_lines(one)

    def _due_row(self, one: Due) -> Row:
        state, when, where = "queued", "-", one.destination.name
        if one.failure is not None:
            state, when = "failed", self._day(one.failure.at_utc_ms)
            where = f"{where}: {one.failure.reason}"
        named = (f"{one.title}  {one.session_id}", f"{one.revision}", state)
        return Row(row_key(one), (*named, "-", when, where), "attention")

    def _due_lines(self, one: Due) -> tuple[str, ...]:
        place = f"{one.destination.name} ({one.destination.kind})"
        if one.failure is None:
            return (f"Sealed. Waiting to be uploaded to {place}. Press u to upload.",)
        return (
            f"Not delivered to {place} since {self._day(one.failure.at_utc_ms)}:",
            one.failure.reason,
        )

    def _waiting_row(self, one: Waiting) -> Row:
        state, when, why = "waiting", "-", ""
        if one.failures:
            last = one.failures[-1]
            state, when, why = "failed", self._day(last.at_utc_ms), last.reason
        named = (f"{one.title}  {one.session_id}", f"{one.revision}", state)
        cells = (*named, f"{len(one.failures)}", when, why)
        return Row(row_key(one), cells, "attention")

    def _waiting_lines(self, one: Waiting) -> tuple[str, ...]:
        if not one.failures:
            return ("Sealed. The bundle has not been written yet.",)
        last = one.failures[-1]
        tries = plural(len(one.failures), "try", "tries")
        return (f"{tries}, most recently to {last.destination}:", last.reason)

    def _arrived_row(self, one: Arrived) -> Row:
        event = one.event
        named = (f"{one.title}  {event.session_id}", f"{event.revision}", "delivered")
        cells = (*named, "-", self._day(one.at_utc_ms), event.destination)
        return Row(row_key(one), cells, "good")

    def _arrived_lines(self, one: Arrived) -> tuple[str, ...]:
        event = one.event
        return (
            f"{event.file_name} ({event.bundle}) to {event.destination}",
            f"SHA-256 {event.sha256}",
            f"Delivered {self._day(one.at_utc_ms)}. Receipt: {event.receipt.text}",
        )

    def _written_row(self, one: Written) -> Row:
        state, at_ms, tone = "no receipt", one.at_utc_ms, ""
        if one.receipt is not None:
            state, at_ms, tone = "receipt", one.receipt.received_utc_ms, "good"
        elif one.replaced:
            state, tone = "replaced", "quiet"
        named = (f"{one.title}  {one.session_id}", f"{one.revision}", state)
        cells = (*named, f"{one.tries}", self._day(at_ms), one.destination)
        return Row(row_key(one), cells, tone)

    def _written_lines(self, one: Written) -> tuple[str, ...]:
        proof = "Awaiting confirmation. When a receipt arrives, press r to import it."
        if one.receipt is not None:
            day = self._day(one.receipt.received_utc_ms)
            proof = f"Confirmed on {day} by {one.receipt.received_by.text}"
        elif one.replaced:
            proof = "Replaced by a later revision before it was confirmed."
        tries = plural(one.tries, "try", "tries")
        return (
            f"{one.destination}/{one.file_name}",
            f"SHA-256 {one.sha256}",
            f"Written {self._day(one.at_utc_ms)}, {tries}. {proof}",
        )
