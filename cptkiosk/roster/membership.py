"""Whether a row's own columns say that someone does not come."""

import re
from collections.abc import Sequence
from typing import Final

from cptkiosk.domain.text import fold_text, visible
from cptkiosk.roster import values
from cptkiosk.roster.columns import Field, Header

_GONE: Final = frozenset(
    (
        *("withdrawn", "withdrew", "withdraw", "inactive", "dropped", "drop", "left"),
        *("deleted", "tobedeleted", "transferred", "exited", "disabled", "suspended"),
        *("cancelled", "canceled", "moved", "expelled", "deceased", "unenrolled"),
        *("disenrolled", "archived", "removed", "terminated", "graduated", "i", "w"),
        *("declined", "ineligible", "concluded", "deactivated"),
    )
)
_NO_STUDENT: Final = frozenset(
    (
        *("teacher", "guardian", "parent", "administrator", "admin", "aide", "staff"),
        *("proctor", "relative", "observer", "ta", "designer", "instructor"),
        *("faculty", "principal", "counselor", "coordinator", "substitute"),
        *("employee", "sysadmin", "teacherenrollment", "taenrollment", "mother"),
        *("observerenrollment", "designerenrollment", "father", "contact"),
    )
)


def why_not_coming(header: Header, cells: Sequence[str]) -> str:
    """Return why a row is of someone who does not test, or an empty string."""
    if not header.fields.keys() & {Field.STATUS, Field.ROLE, Field.ENABLED}:
        return ""
    status = values.clean_cell(Field.STATUS, header.cell_of(cells, Field.STATUS))
    if _words_of(status) & _GONE or re.search(
        r"\b(not|no longer)\b", fold_text(status)
    ):
        return f'the status is "{visible(status)}": not imported'
    role = values.clean_cell(Field.ROLE, header.cell_of(cells, Field.ROLE))
    if _words_of(role) & _NO_STUDENT:
        return f'the role is "{visible(role)}": not a student, not imported'
    enabled = values.clean_cell(Field.ENABLED, header.cell_of(cells, Field.ENABLED))
    if fold_text(enabled) in {*values.NO, *_GONE} - {"", "-", "n/a", "na", "none"}:
        return (
            f'"{visible(header.cells[header.fields[Field.ENABLED]])}" is'
            f' "{visible(enabled)}": not imported'
        )
    return ""


def _words_of(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", fold_text(text)))
