"""Close-out: what still keeps the session from being sealed, then the signature."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from cptkiosk.desk import Recorded
from cptkiosk.domain.commands import closing as c
from cptkiosk.domain.guidance.next_step import count_left
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.blockers import Who
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Actor, BundleKind, Reason, plural
from cptkiosk.ui.actions import Action, Commands
from cptkiosk.ui.dialogs import session_steps as ask_about
from cptkiosk.ui.dialogs.asking import ask_at_desk, ask_command, question_action
from cptkiosk.ui.dialogs.hand_over import NOBODY_SIGNS
from cptkiosk.ui.dialogs.question import DeskQuestion, name_staff
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.kiosk_screen import NEXT
from cptkiosk.ui.frame.session_screen import HAND_OVER, SessionScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.screens.close_out import vendor_part
from cptkiosk.ui.screens.close_out.seal_outputs import SealOutputs
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.widgets.filterable_table import Column, Row
from cptkiosk.ui.workers import begin
from cptkiosk.words import explain_why

DONE = "done "
"""How the keys of lines begin that are settled."""

LOOKS = {
    "report": "record an irregularity",
    "person": "see the card",
    "scores": "decide about the score",
    "irregularities": "review the irregularity",
    "close-out": "count again",
}
"""What is done about a line that does not block the seal, by its place."""

SIGN = "sign"
"""The key of the line for the signature."""


def _is_sealed(screen: "CloseOutScreen") -> bool:
    """Return whether there is a report to print: of a session that is as it was sealed."""
    session = screen.session
    return session.stage is Stage.SEALED and not session.changed_since_seal


class CloseOutScreen(SessionScreen):
    """A checklist in which each line leads to its place."""

    ROUTE = Route.CLOSE_OUT
    BODY = ListBody(
        Column("", 4),
        Column("Close-out", 60, grow=True),
        below=("unsigned",),
    )

    def __init__(self, session_id: str, *, starts_on: str = "") -> None:
        super().__init__(session_id, starts_on=starts_on)
        self.outputs = SealOutputs(self)
        self._signed = False

    def draw_body(self) -> None:
        """Draw what keeps it from the seal, what to look at, and what is settled."""
        rows = [
            Row(
                _key(one),
                ("[ ]" if blocks else "[!]", explain_why(one.reason)),
                "attention",
            )
            for one, blocks in self._open()
        ]
        if self._signs:
            rows.append(Row(SIGN, ("[ ]", "sign and seal"), "attention"))
        rows += [
            Row(f"{DONE}{n}", ("[x]", text))
            for n, text in enumerate(self._list_settled())
        ]
        rows += vendor_part.code_rows(self)
        self.table.set_rows(rows)
        self.show_text("unsigned", self._explanation())
        if self._signs and not self._signed:
            # What waited for the seal is settled: that is the line to go on from.
            with self.table.by_itself():
                self.table.move_to(SIGN)
        self._signed = self._signs

    @property
    def _signs(self) -> bool:
        """Whether only the signature is left before the seal."""
        ended = self.session.stage in {Stage.ENDED, Stage.ABANDONED}
        return ended and not any(blocks for _, blocks in self._open())

    def _open(self) -> tuple[tuple[blockers.Blocker, bool], ...]:
        """Return what is open, each with whether the seal waits for it."""
        session = self.session
        if session.stage not in {Stage.ENDED, Stage.ABANDONED}:
            return ()
        waits = tuple((one, True) for one in blockers.to_seal(session))
        looks = (
            (one, False) for one in blockers.to_look_at(session, self._was_coordinator)
        )
        return (*waits, *looks)

    @property
    def _was_coordinator(self) -> blockers.WasCoordinator:
        return self.kiosk.desk.center.was_coordinator

    def _explanation(self) -> str:
        """Return what the marks mean, and who runs the session and so signs it."""
        if self.session.stage not in {Stage.ENDED, Stage.ABANDONED}:
            return vendor_part.explain_codes(self)
        lines = []
        marks = {blocks for _, blocks in self._open()}
        if True in marks:
            lines.append("[ ] must be settled before the session can be sealed.")
        if False in marks:
            lines.append(
                "[!] Look at this first. The session can be sealed with it open."
            )
        if self.session.lead:
            lines.append(self._who_signs())
        return "\n".join(lines)

    def _who_signs(self) -> str:
        """Return who runs the session, and who has to sign it."""
        desk, lead_id = self.kiosk.desk, self.session.lead
        lead, ids = desk.center.name_of(lead_id), desk.center.coordinators
        policies = self.definitions.policies
        who = blockers.find_signer(self.session, policies, self._was_coordinator)
        if who is Who.COORDINATOR and lead_id not in ids:
            return (
                f"Coordinator {desk.center.coordinator_names} reviews the irregularities,"
                " then signs."
            )
        return f"{lead} runs this session and signs. Press H to hand it over."

    def _list_settled(self) -> list[str]:
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
                f"scratch paper: {scratch.issued} handed out,"
                f" {scratch.returned} returned"
            )
        if session.stage is Stage.SEALED:
            name = self.kiosk.desk.center.name_of(session.signed_by)
            lines.append(f"sealed as revision {session.revision}, signed by {name}")
            lines.append(f"report of revision {session.revision} ready to print (P)")
        for one in session.bundles:
            what = f"{one.bundle_kind} bundle".strip()
            where = visible(one.destination, 60)
            lines.append(f"{what} of revision {one.revision} written to {where}")
        about = (session.session_id, session.revision)
        arrived = self.kiosk.desk.uploads.deliveries.get(about, {})
        lines += [
            f"bundle of revision {session.revision} delivered to {one}"
            for one in arrived
        ]
        return lines

    def _seal_commands(self) -> Commands:
        """Return the seal: those who may sign do so here, not only who is signed in."""
        return (c.SealSession(session_id=self.session_id),)

    def _paper_commands(self) -> Commands:
        issued = blockers.scratch_issued(self.session)
        return (c.ReconcileScratch(session_id=self.session_id, returned=issued),)

    def _bundle_commands(self, kind: BundleKind = BundleKind.RESULTS) -> Commands:
        about = self.session_id
        command = c.RecordBundle(
            session_id=about, destination="", file_name="", sha256="", kind=kind
        )
        return (command,)

    def why_not(self, action: Action[Any]) -> str:
        """Return why an action is not possible now, or an empty string if it is."""
        refusal = super().why_not(action)
        if action.id != "seal":
            return refusal
        return "" if any(self._signers()) else refusal or NOBODY_SIGNS

    def next_step(self) -> Step:
        """Name the line under the cursor, if it is open; else what comes next."""
        session_step = super().next_step()
        if session_step.action == "hand-over":
            return session_step
        opened = self._open()
        here = [one for one, _ in opened if _key(one) == self.table.cursor_key]
        return _step_of(here[0], opened) if here else session_step

    async def take_step(self, step: Step) -> None:
        """Take a step of the guide, or settle the line that it names."""
        if step.action == "close-out":
            self.count_paper()
        elif step.action == "person":
            self.show_card(self.session.attempts[step.attempt_id].participant_id)
        else:
            await self.action_run(step.action)

    def count_paper(self) -> None:
        """Ask how many sheets came back."""
        ask_command(self, ask_about.count_paper(self.session))

    def seal_session(self) -> None:
        """Say what sealing means, ask who signs and for the PIN, seal."""
        desk, here, session_id = self.kiosk.desk, self.actor, self.session_id
        signers = {one.staff_id: one for one in self._signers()}
        if not signers:
            self.say(NOBODY_SIGNS, "warning")
            return
        unseen = blockers.unseen_irregularities(self.session, self._was_coordinator)
        saw = tuple(one.event.irregularity_id for one in unseen)
        first = here.staff_id if here.staff_id in signers else next(iter(signers))
        other = here.staff_id not in signers

        def seal(values: Values, _: Actor) -> Recorded:
            signer = signers[values.text("who", first)]
            if signer.staff_id != here.staff_id:
                signer = replace(signer, asked_by=here.staff_id)
            return desk.seal(session_id, signer, values.text("pin"), saw)

        def sealed_as() -> int:
            return self.session.revision

        def write_out(recorded: Recorded, values: Values) -> None:
            words = f"sealed as revision {sealed_as()}"
            begin(self, partial(self.outputs.write_out, recorded, words), "backup")

        question = DeskQuestion.from_catalog(
            "seal",
            {
                "count": len(self.session.attempts),
                "revision": self.session.revision + 1,
                "sealed": sealed_as,
                "open": self._list_unsettled(),
                "notices": [
                    *filter(None, (self.kiosk.options.notice, desk.seal_notice()))
                ],
            },
            {
                "who": {"options": name_staff(desk.center, signers), "value": first}
                if other
                else None,
                "pin": {"label": "Signer's PIN"} if other else {},
            },
            work=seal,
            then=write_out,
            names_signers=True,
        )
        ask_at_desk(self, question)

    def _signers(self) -> Iterator[Actor]:
        """Yield who of the staff may sign now."""
        desk = self.kiosk.desk
        command = c.SealSession(session_id=self.session_id)
        for one in desk.center.active_members:
            actor = Actor(one.staff_id, one.role)
            if desk.preview.refusal(command, actor) is None:
                yield actor

    def _list_unsettled(self) -> tuple[str, ...]:
        """Return what is sealed although someone should look at it."""
        looks = [explain_why(one.reason) for one, blocks in self._open() if not blocks]
        if not looks:
            return ()
        more = f"; and {len(looks) - 2} more" if len(looks) > 2 else ""
        return (f"Still open: {'; '.join(looks[:2])}{more}.",)

    ACTIONS: ClassVar[tuple[Action["CloseOutScreen"], ...]] = (
        NEXT,
        Action("scratch", "p", count_paper, _paper_commands),
        Action("seal", "s", seal_session, _seal_commands),
        Action("bundle", "b",
               lambda screen: screen.outputs.write_bundle(BundleKind.RESULTS),
               _bundle_commands),
        Action("print", "P", lambda screen: screen.outputs.print_report(),
               needs=_is_sealed),
        Action("scores", "g", lambda screen: screen.go_to(Route.SCORES)),
        question_action("reopen", "R",
                        lambda screen: ask_about.reopen_session(screen.session)),
        question_action("amend", "M",
                        lambda screen: ask_about.amend_session(screen.session)),
        HAND_OVER,
        Action("record", "B",
               lambda screen: screen.outputs.write_bundle(BundleKind.RECORD),
               lambda screen: screen._bundle_commands(BundleKind.RECORD)),
        *vendor_part.ACTIONS,
    )  # fmt: skip


def _step_of(
    line: blockers.Blocker, opened: Sequence[tuple[blockers.Blocker, bool]]
) -> Step:
    """Return the step that settles a line; `opened` has each line and whether it blocks."""
    waiting = [one for one, blocks in opened if blocks]
    what: Reason | str = count_left(line, waiting)
    if line not in waiting:
        what = f"{LOOKS.get(line.place, 'look at')}: {explain_why(line.reason)}"
    return Step(what, line.place, attempt_id=line.attempt_id, who=line.who)


def _key(blocker: blockers.Blocker) -> str:
    """Return what a line is known by: its own words, whatever stands above it."""
    return f"{blocker.place} {blocker.attempt_id} {explain_why(blocker.reason)}"
