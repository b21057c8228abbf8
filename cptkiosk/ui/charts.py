"""Charts as lines of text: read without color, the numbers beside the bars."""

from collections.abc import Iterable, Sequence

from cptkiosk.domain.text import cells, fit
from cptkiosk.ui.terminal.glyphs import Glyphs

MANY = "+"
"""More than nine at one place."""


def bars(
    rows: Iterable[tuple[str, int, str]], width: int, glyphs: Glyphs, *, most: int = 0
) -> list[str]:
    """Return a bar for each label and amount, with words behind it.

    Args:
        rows: label, amount, and what stands behind the bar.
        width: cells for a whole line.
        glyphs: the signs to draw with.
        most: the amount of a full bar; by default the largest there is.
    """
    known = list(rows)
    if not known:
        return []
    most = most or max(amount for _, amount, _ in known) or 1
    labels = max(cells(label) for label, _, _ in known)
    words = max(cells(text) for _, _, text in known)
    room = max(4, width - labels - words - 2)
    lines = []
    for label, amount, text in known:
        # Something is never drawn as nothing.
        full = min(room, max(1 if amount else 0, amount * room // most))
        bar = glyphs.full * full + glyphs.dot * (room - full)
        lines.append(f"{fit(label, labels)} {bar} {text:>{words}}")
    return lines


def scores(
    raws: Sequence[int], items: int, cut: int, width: int, glyphs: Glyphs
) -> list[str]:
    """Return the scores of one module on a line from none to all, with the cut.

    A digit says how many scores lie at a place; what passes stands right of the cut.

    Args:
        raws: the raw scores.
        items: how many items the module has.
        cut: the least passing raw score.
        width: cells for the line.
        glyphs: the signs to draw with.
    """
    room = max(20, width - 1)
    # The cut takes a cell of its own, between the last failing and the first passing.
    at_cut = cut * room // (items + 1)
    counts: dict[int, int] = {}
    for raw in raws:
        place = raw * room // (items + 1)
        place = max(place, at_cut) + 1 if raw >= cut else min(place, at_cut - 1)
        counts[place] = counts.get(place, 0) + 1
    line = ""
    for place in range(room + 1):
        if place == at_cut:
            line += "|"
        elif place in counts:
            line += f"{counts[place]}" if counts[place] < 10 else MANY
        else:
            line += glyphs.dot
    words = f"passing {cut}"
    left = max(2, at_cut - len(words) // 2)
    scale = f"0{' ' * (left - 1)}{words}"
    last = f"{items}"
    scale += " " * max(1, room + 1 - len(scale) - len(last)) + last
    return [line, scale]
