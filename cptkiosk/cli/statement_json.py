"""What one person owes, as the answers in JSON give it."""

from typing import Any

from cptkiosk.cli.output import pick_fields
from cptkiosk.domain.people.fees import Statement

AMOUNTS = ("due_cents", "settled_cents", "open_cents")
"""What a line of a statement and its totals say, in cents."""


def statement_json(statement: Statement) -> dict[str, Any]:
    """Return a statement for a script: amounts in whole cents."""
    return {
        **pick_fields(statement, *AMOUNTS),
        "lines": [
            pick_fields(
                one, "item", "text", "courses", "session_id", *AMOUNTS, "settled"
            )
            for one in statement.lines
        ],
    }
