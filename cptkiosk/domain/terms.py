"""The words that people read for stored values.

Stored values are codes and never change; these are the words for them on screens, in
reports and on the command line. A value that reads well as it is stands for itself.
"""

TERMS = {
    # progress of an attempt, stage of a session
    "late-expected": "running late",
    "checked-in": "checked in",
    "time-up": "time up",
    "cancelled": "canceled",
    # score and validity
    "entered": "entered once",
    "corrected": "corrected once",
    "mismatch": "entries differ",
    "not pass": "did not pass",
    "clean": "valid",
    # check-in items
    "photo-id": "photo ID",
    "name": "name on ID",
    "eligible": "eligibility and fee",
    "agreement": "candidate agreement",
    "scratch": "scratch paper",
    "user-code": "user code",
    # eligibility rules
    "passed already": "already passed",
    "open result": "pending result",
    "one live attempt": "already assigned",
    # what a score needs
    "score to be keyed": "enter the score",
    "score, or why there is none": "enter the score, or why there is none",
    "key the score again": "enter the score again",
    "key the corrected score again": "enter the corrected score again",
    "the entries differ; key both again": "the entries differ; enter both again",
    "vendor says pass - settle it": "test screen says pass; settle the discrepancy",
    "vendor says not pass - settle it": "test screen says did not pass; settle the discrepancy",
    "official score differs - settle it": "the official score differs; settle it",
    # photo ID
    "driver licence": "driver's license",
}


def display_term(value: str) -> str:
    """Return the words for a stored value; the value itself if it has none."""
    return TERMS.get(value, str(value))


def display_id(note: str) -> str:
    """Return the note of a photo ID, such as 'passport, valid', with its kind in words."""
    kind, comma, rest = note.partition(",")
    return f"{display_term(kind)}{comma}{rest}"
