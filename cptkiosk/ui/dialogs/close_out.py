"""What is asked at the close-out: the scratch paper, and the end taken back."""

from cptkiosk.domain import commands as c
from cptkiosk.domain.blockers import scratch_issued
from cptkiosk.domain.session import Session
from cptkiosk.domain.values import plural
from cptkiosk.ui.dialogs.question import REASON, CommandQuestion, from_fields
from cptkiosk.ui.widgets.fields import TextField
from cptkiosk.ui.widgets.validators import Readable


def read_numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of sheets: '2, 5'.

    Raises:
        ValueError: if something else is among them, or a number is too long.
    """
    numbers = text.replace(",", " ").split()
    if not all(one.isdecimal() and len(one) < 5 for one in numbers):
        raise ValueError("sheet numbers, such as 2, 5")
    return tuple(map(int, numbers))


def count_paper(session: Session) -> CommandQuestion:
    """Ask how many sheets came back; if not all, Down goes on to which are missing."""
    return CommandQuestion(
        "Scratch paper",
        (f"{plural(scratch_issued(session), 'sheet')} issued.",),
        (
            TextField("returned", "Sheets counted back", digits=True),
            TextField("note", "Note", required=False, help="if they differ"),
            TextField(
                "missing",
                "Missing",
                required=False,
                help="their numbers, such as 2, 5",
                validators=(Readable(read_numbers),),
            ),
        ),
        command=lambda values: c.ReconcileScratch(
            session_id=session.session_id,
            returned=int(values.text("returned")),
            missing=read_numbers(values.text("missing")),
            note=values.text("note"),
        ),
        words="scratch paper counted back",
        draft=f"paper {session.session_id}",
        submit_at="note",
    )


def reopen_session(session: Session) -> CommandQuestion:
    """Ask why the end is taken back."""
    return CommandQuestion(
        "Reopen the session",
        ("It runs again; what is recorded stays.",),
        (REASON,),
        command=from_fields(c.ReopenSession, session_id=session.session_id),
        words="session reopened",
    )


def amend_session(session: Session) -> CommandQuestion:
    """Ask why the sealed record is opened."""
    return CommandQuestion(
        "Amend the sealed record",
        (f"Revision {session.revision} stays; sealing again makes the next.",),
        (REASON,),
        command=from_fields(c.AmendSession, session_id=session.session_id),
        words="record opened for amendment",
    )
