"""What one person owes, as the answers in JSON give it."""

from typing import Any

from cptkiosk.domain.people.fees import Statement


def statement_json(statement: Statement) -> dict[str, Any]:
    """Return a statement for a script: amounts in whole cents."""
    return {
        **amounts_json(statement),
        "lines": [
            {
                "item": one.item,
                "text": one.text,
                "courses": list(one.courses),
                "session_id": one.session_id,
                "due_cents": one.due_cents,
                "settled_cents": one.settled_cents,
                "open_cents": one.open_cents,
                "settled": list(one.settled),
            }
            for one in statement.lines
        ],
    }


def amounts_json(statement: Statement) -> dict[str, int]:
    """Return its totals, in cents."""
    return {
        "due_cents": statement.due_cents,
        "settled_cents": statement.settled_cents,
        "open_cents": statement.open_cents,
    }
