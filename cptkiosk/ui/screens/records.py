"""Records: what the scores and irregularities of all sessions add up to."""

from collections.abc import Iterator
from typing import ClassVar

from textual.containers import VerticalScroll
from textual.widget import Widget

from cptkiosk.desk import Desk
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state.scoring import least_passing
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import plural
from cptkiosk.services.statistics import Figures, Rate, figures_of
from cptkiosk.times.format import file_name_time
from cptkiosk.ui.actions import Action
from cptkiosk.ui.charts import bars, scores
from cptkiosk.ui.dialogs.progress_dialog import work_on
from cptkiosk.ui.exports import export
from cptkiosk.ui.frame.reading_screen import ReadingScreen
from cptkiosk.ui.ledger_maintenance import backed_up, verify_file
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.workers import begin

MONTHS = 24
"""How many bars per month are shown at most; older ones are in the table 'attempt'."""


class RecordsScreen(ReadingScreen[Figures]):
    """Charts over everything on record, of all modules or of one."""

    ROUTE = Route.RECORDS

    _module = -1
    """Which module is shown, counted from nought; -1 for all of them."""

    def compose_body(self) -> Iterator[Widget]:
        """Lay out the charts, which scroll."""
        with VerticalScroll():
            yield PlainText("", id="charts")

    def read_record(self, desk: Desk) -> Figures:
        """Return the statistics of the module that is shown."""
        return figures_of(desk, self._module_id)

    @property
    def _module_id(self) -> str:
        modules = self.definitions.modules
        return modules[self._module].id if self._module >= 0 else ""

    def on_mount(self) -> None:
        """Let arrows scroll the charts."""
        super().on_mount()
        self.query_one(VerticalScroll).focus()

    def next_step(self) -> Step:
        """Say what is shown."""
        shown = "all modules"
        if self._module >= 0:
            shown = self.definitions.modules[self._module].name
        return Step(
            f"{shown} - m for the next module, Esc to go back", "none", by="module"
        )

    def draw_body(self) -> None:
        """Draw the charts."""
        figures = self.found
        if figures is None:
            return
        text = "No verified scores yet. Charts appear as sessions are scored."
        if figures.scored or figures.irregularities:
            text = "\n".join(self._draw_charts(figures))
        self.show_text("charts", text)

    def _draw_charts(self, figures: Figures) -> Iterator[str]:
        glyphs = self.kiosk.glyphs
        width = min(100, self.size.width - 6)
        yield "PASS RATE BY MODULE"
        yield from bars(map(_bar, figures.by_module), width, glyphs, most=100)
        yield ""
        yield "SCORES (digits = people; right of | = pass)"
        for module in self.definitions.modules:
            some = [one for one in figures.scored if one.module_id == module.id]
            for items, percent in sorted(
                {(one.items, one.cut_percent) for one in some}
            ):
                raws = [
                    one.raw
                    for one in some
                    if (one.items, one.cut_percent) == (items, percent)
                ]
                cut = least_passing(items, percent)
                yield f"{module.name}: {plural(len(raws), 'score')} of {items} items"
                yield from scores(raws, items, cut, width, glyphs)
        yield ""
        yield "PASS RATE BY MONTH AND MODULE"
        yield from bars(map(_bar, figures.by_month[-MONTHS:]), width, glyphs, most=100)
        yield ""
        yield "TIME USED (includes breaks, pauses, and halts, up to the time allowed)"
        used = ((label, n, plural(n, "attempt")) for label, n in figures.minutes_used)
        yield from bars(used, width, glyphs)
        yield ""
        yield "IRREGULARITIES BY CODE"
        titles = {one.id: one.title for one in self.definitions.irregularities}
        named = (
            (f"{code} {titles.get(code, '')}", count, f"{count}")
            for code, count in figures.irregularities
        )
        yield from bars(named, width, glyphs) or ["none"]

    def show_next_module(self) -> None:
        """Show the next module, after the last one all together."""
        count = len(self.definitions.modules)
        self._module = -1 if self._module == count - 1 else self._module + 1
        self.redraw_record()

    async def export_tables(self) -> None:
        """Write the tables that are shown, and say where they are."""
        desk, module_id = self.kiosk.desk, self._module_id
        folder = self.kiosk.paths.reports
        paths = await self.kiosk.worker.attempt(lambda: export(desk, module_id, folder))
        if paths is not None:
            more = plural(len(paths) - 1, "table")
            where = visible(str(folder), 200)
            self.say(f"saved: {paths[0].name} and {more} more in {where}", "ok")

    async def _verify(self) -> None:
        """Verify the ledger, beside everything that goes on."""
        desk = self.kiosk.desk
        found = await work_on(
            self,
            "verifying the record",
            lambda told: verify_file(desk, told),
            beside=True,
        )
        if found is not None:
            fits = (
                f"Verified: {found.entries:,} entries and"
                f" {plural(found.signed_heads, 'signature')} match."
            )
            self.kiosk.status.say(
                " ".join((fits, *found.remarks, f"Head {found.head}")),
                "warning" if found.remarks else "ok",
            )

    async def _back_up(self) -> None:
        """Back the ledger up, beside everything that goes on."""
        desk, actor = self.kiosk.desk, self.actor
        name = f"ledger-{file_name_time(desk.now().utc_ms)}.db"
        target = self.kiosk.paths.backups / name
        copied = await work_on(
            self,
            "backing up",
            lambda told: backed_up(desk, target, told),
            beside=True,
        )
        if copied is not None:
            await self.kiosk.worker.quietly(
                lambda: desk.center_log.record_backup(target.name, copied, actor)
            )
            where = visible(str(target.parent), 200)
            self.kiosk.status.say(
                f"{copied:,} entries backed up and verified: {target.name} in {where}",
                "ok",
            )

    ACTIONS: ClassVar[tuple[Action["RecordsScreen"], ...]] = (
        Action("module", "m", show_next_module),
        Action("export", "e", export_tables),
        Action("verify", "v",
               lambda screen: begin(screen, screen._verify, "ledger-maintenance")),
        Action("back_up", "b",
               lambda screen: begin(screen, screen._back_up, "ledger-maintenance")),
    )  # fmt: skip


def _bar(rate: Rate) -> tuple[str, int, str]:
    words = f"{rate.passed} of {rate.scored} passed, {rate.percent}%"
    return rate.label, rate.percent, words
