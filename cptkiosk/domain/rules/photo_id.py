"""The photo ID at the door: its kind, that it is unexpired, and that it shows them.

The number of an ID is never asked for and never stored.
"""

from cptkiosk.domain.commands import checkin as c
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.state.attempt import Gate
from cptkiosk.domain.values import Refused

OTHER_ID = "other ID"
ID_KINDS = (
    "driver licence",
    "state ID",
    "passport",
    "military ID",
    "school ID",
    OTHER_ID,
)
"""The kinds as they are stored in the record; never rename one."""

OTHER_TOLD_MIN = 3
"""How many characters it takes at least to say what another kind of ID is."""


def note_of_id(command: c.PassGates) -> str:
    """Return what the record says of a photo ID: 'passport' or 'other ID: tribal ID'.

    Raises:
        Refused: if its kind is not one of `ID_KINDS`, if it was not seen to be unexpired
            and to show this person, or if another kind comes without a note.
    """
    if command.id_kind not in ID_KINDS:
        raise Refused("id-kind-missing", choices=ID_KINDS)
    if not command.id_checked:
        raise Refused("id-not-checked")
    note = command.note.strip()
    if command.id_kind == OTHER_ID and len(note) < OTHER_TOLD_MIN:
        raise Refused("id-note-missing")
    return ": ".join(filter(None, (command.id_kind, note)))


def pass_photo_id(
    about: AboutAttempt, kind: str = ID_KINDS[0], note: str = ""
) -> c.PassGates:
    """Return the command for a photo ID of this kind that was checked."""
    gates = (Gate.PHOTO_ID.value,)
    return c.PassGates(**about, gates=gates, note=note, id_kind=kind, id_checked=True)
