"""Close-out: what still keeps the session from being sealed, then the signature."""

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from textual.widget import Widget
from textual.widgets import Static

from cptkiosk.desk import Recorded
from cptkiosk.domain import blockers
from cptkiosk.domain import commands as c
from cptkiosk.domain.guide import Step
from cptkiosk.domain.session import Stage
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import plural
from cptkiosk.ui.screens.base import Key
from cptkiosk.ui.screens.desk_form import DeskForm
from cptkiosk.ui.screens.sealed_files import SealedFiles
from cptkiosk.ui.walk import lead, screen_for
from cptkiosk.ui.widgets.form import TextField, Values
from cptkiosk.ui.widgets.roll import Column, Roll, Row
from cptkiosk.ui.work import begin


class CloseOutScreen(SealedFiles):
    """A checklist in which each line leads to its place."""

    PLACE = "close-out"
    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("enter", "next", "next", "Settle the line under the cursor; then sign"),
        Key("p", "scratch", "paper", "Count the scratch paper back"),
        Key("s", "seal", "seal", "Sign and seal, with your PIN"),
        Key(
            "b",
            "bundle",
            "bundle",
            "Write the bundle of the sealed session to a folder",
        ),
        Key("P", "print", "print", "Write the report for print, and say where it is"),
        Key("g", "scores", "scores", "Look at the scores again"),
        Key("R", "reopen", "reopen", "Take the end of the session back (coordinator)"),
        Key("M", "amend", "amend", "Open the sealed record again (coordinator)"),
    )

    def body(self) -> Iterator[Widget]:
        """Lay out the checklist, and why it cannot be signed yet."""
        yield Roll(empty="")
        yield Static("", id="unsigned", markup=False)

    def prepare(self) -> None:
        """Name the columns."""
        roll = self.query_one(Roll)
        roll.set_columns([Column("", 4), Column("Close-out", 60, grow=True)])

    def draw(self) -> None:
        """Draw what is settled and what is not."""
        session = self.session
        rows = [
            Row(f"{n}", ("[ ]", one.text), "attention")
            for n, one in enumerate(blockers.to_seal(session))
        ]
        rows += [
            Row(f"done-{n}", ("[x]", text)) for n, text in enumerate(self._settled())
        ]
        self.query_one(Roll).set_rows(rows)
        self.query_one("#unsigned", Static).update(self._unsigned())

    def _unsigned(self) -> str:
        """Return why this person cannot sign though nothing is open, or nothing."""
        session = self.session
        over = session.stage in {Stage.ENDED, Stage.ABANDONED}
        if not over or blockers.to_seal(session):
            return ""
        refusal = self.why_not("seal")
        lead = (
            f" {self._staff_name(session.lead)} runs this session."
            if session.lead
            else ""
        )
        return f"{refusal}{lead}" if refusal else ""

    def _staff_name(self, staff_id: str) -> str:
        member = self.kiosk.desk.center.staff.get(staff_id)
        return member.name.text if member else staff_id

    def _settled(self) -> list[str]:
        session = self.session
        people = session.attempts.values()
        whole = sum(not blockers.score_lacks(one) for one in people)
        lines = [
            f"{whole} of {len(people)} outcomes and scores settled",
            f"{plural(len(session.in_force), 'irregularity', 'irregularities')} on record",
        ]
        scratch = session.scratch
        if scratch is not None and not blockers.scratch_open(session):
            lines.append(
                f"scratch paper: {scratch.issued} issued, {scratch.returned} counted back"
            )
        if session.stage is Stage.SEALED:
            name = self._staff_name(session.signed_by)
            lines.append(f"sealed as revision {session.revision}, signed by {name}")
            lines.append(
                f"report of revision {session.revision} to print: P says where"
            )
        lines += [
            f"bundle r{one.revision} written to {visible(one.destination, 60)}"
            for one in session.bundles
        ]
        return lines

    def probes(self) -> dict[str, c.SessionCommand]:
        """Name the wishes behind the keys."""
        sid = self.session_id
        return {
            "seal": c.SealSession(session_id=sid),
            "scratch": c.ReconcileScratch(
                session_id=sid, returned=blockers.scratch_issued(self.session)
            ),
            "reopen": c.ReopenSession(session_id=sid, reason="?"),
            "amend": c.AmendSession(session_id=sid, reason="?"),
            "bundle": c.RecordBundle(
                session_id=sid, destination="", file_name="", sha256=""
            ),
            "undo": c.UndoStep(session_id=sid),
        }

    def why_not(self, action: str) -> str:
        """Return why an action is not possible now, or nothing if it is."""
        if action == "print" and super().why_not("bundle"):
            return "The report is written at the seal: sign and seal first."
        return super().why_not(action)

    async def do_next(self) -> None:
        """Go where the line under the cursor is settled; else the next step."""
        lacking = blockers.to_seal(self.session)
        key = self.query_one(Roll).cursor_key or ""
        if key.isdigit() and int(key) < len(lacking):
            await self._settle(lacking[int(key)])
        else:
            await super().do_next()

    async def take(self, step: Step) -> None:
        """Take a step of the guide."""
        if step.action == "close-out":
            self.do_scratch()
        else:
            await self.action_press(step.action)

    async def _settle(self, blocker: blockers.Blocker) -> None:
        if blocker.place == "close-out":
            self.do_scratch()
        else:
            lead(self, blocker.place, blocker.attempt_id)

    def do_scratch(self) -> None:
        """Ask how many sheets came back."""
        issued = blockers.scratch_issued(self.session)

        def check(values: Values) -> dict[str, str]:
            if str(values["returned"]).isdigit():
                return {}
            return {"returned": "a whole number"}

        self.ask_first(
            "Scratch paper",
            (f"{plural(issued, 'sheet')} issued.",),
            (
                TextField(
                    "returned", "Sheets counted back", value=str(issued), digits=True
                ),
                TextField("note", "Note", required=False, help="if the numbers differ"),
            ),
            lambda values: c.ReconcileScratch(
                session_id=self.session_id,
                returned=int(str(values["returned"])),
                note=str(values["note"]),
            ),
            lambda _: "scratch paper counted back",
            check=check,
            draft=f"paper {self.session_id}",
        )

    def do_seal(self) -> None:
        """Say what sealing means, ask for the PIN, seal."""
        people = len(self.session.attempts)
        lines = (
            f"{plural(people, 'attempt')} will be final as revision"
            f" {self.session.revision + 1}. Afterwards only the coordinator can amend.",
            *filter(None, (self.kiosk.notice, self.kiosk.desk.seal_notice())),
        )
        field = TextField("pin", "Your PIN", secret=True, digits=True)
        desk, actor, session_id = self.kiosk.desk, self.actor, self.session_id

        def sealed(recorded: Recorded, values: Values) -> None:
            words = f"sealed as revision {self.session.revision}"
            self.kiosk.say_recorded(recorded, words)
            begin(self, partial(self.write_out, recorded, words), "backup")

        DeskForm(
            self,
            "Sign and seal",
            lines,
            (field,),
            lambda values: desk.seal(session_id, actor, str(values["pin"])),
            sealed,
        ).ask()

    async def do_scores(self) -> None:
        """Look at the scores."""
        self.app.switch_screen(screen_for("scores", self.session_id))

    def do_reopen(self) -> None:
        """Ask why, then take the end back."""
        self.ask_first(
            "Reopen the session",
            ("It runs again; what is recorded stays.",),
            (TextField("reason", "Reason"),),
            lambda values: c.ReopenSession(
                session_id=self.session_id, reason=str(values["reason"])
            ),
            lambda _: "session reopened",
        )

    def do_amend(self) -> None:
        """Ask why, then open the sealed record."""
        self.ask_first(
            "Amend the sealed record",
            (f"Revision {self.session.revision} stays; sealing again makes the next.",),
            (TextField("reason", "Reason"),),
            lambda values: c.AmendSession(
                session_id=self.session_id, reason=str(values["reason"])
            ),
            lambda _: "record opened for amendment",
        )
