"""The scores of a session against the cut, where the screen has lines to spare."""

from collections.abc import Iterable, Iterator, Sequence

from textual.events import Resize

from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.scoring import least_passing
from cptkiosk.domain.values import plural
from cptkiosk.ui.charts import scores
from cptkiosk.ui.widgets.drawing import glyphs_of
from cptkiosk.ui.widgets.plain_text import PlainText

TALL: list[tuple[int, str]] = [(0, "-low"), (30, "-tall")]
"""Classes by the screen's lines: on lower ones every line is the list's."""

WIDTH_MAX = 100
Kind = tuple[str, int, int]
"""Name, items and least passing raw score of a module as it was assigned."""


class ScoreChart(PlainText):
    """A line of scores for each module, with its cut; nothing until one is verified."""

    DEFAULT_CSS = """
    ScoreChart { height: auto; display: none; padding: 1 0 0 0; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__("", id=id)
        self._attempts: tuple[Attempt, ...] = ()

    def show_scores(self, attempts: Iterable[Attempt]) -> None:
        """Draw the verified scores among these attempts."""
        self._attempts = tuple(attempts)
        self._draw()

    def on_resize(self, event: Resize) -> None:
        """Draw as wide as there is room."""
        self._draw()

    def _draw(self) -> None:
        verified = [
            one for one in self._attempts if one.score.state is ScoreState.VERIFIED
        ]
        self.set_class(bool(verified), "-drawn")
        self.update("\n".join(self._draw_modules(verified)))

    def _draw_modules(self, attempts: Sequence[Attempt]) -> Iterator[str]:
        kinds: dict[Kind, list[int]] = {}
        for one in attempts:
            cut = least_passing(one.module.items, one.module.cut_percent)
            kind = (one.module.name, one.module.items, cut)
            kinds.setdefault(kind, []).append(one.score.raw_min)
        width = min(WIDTH_MAX, self.screen.size.width - 6)
        for (name, items, cut), raws in kinds.items():
            yield (
                f"{name}: {plural(len(raws), 'verified score')} and the passing score"
                " (digits = people; right of | = pass)"
            )
            yield from scores(raws, items, cut, width, glyphs_of(self))
