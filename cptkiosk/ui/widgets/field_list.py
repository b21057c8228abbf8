"""The fields of a form, below one another, and how much room an open list has there."""

from textual.containers import VerticalScroll
from textual.widget import Widget

from cptkiosk.ui.widgets.entries import CHOICES_MAX, ChoiceEntry
from cptkiosk.ui.widgets.field_row import FieldRow


class FieldList(VerticalScroll):
    """Rows that scroll, brought into sight with the list of the one that has the keys."""

    DEFAULT_CSS = """
    FieldList { height: auto; max-height: 1fr; scrollbar-size: 1 1; }
    """

    def __init__(self, *rows: FieldRow) -> None:
        super().__init__(*rows, can_focus=False)
        self._lines_max = 0

    def on_mount(self) -> None:
        """Fit an open list into its room whenever the fields, or the room, change."""
        for one in (self, self._around):
            if one is not None:
                self.watch(one, "virtual_size", self._laid_out, init=False)

    def fit_into(self, lines: int) -> None:
        """Leave the form so many lines at most, its help included."""
        self._lines_max = lines
        self.open_list()

    def show_row(self, row: FieldRow) -> None:
        """Bring a row into sight, once it has its place."""
        self.call_after_refresh(self.scroll_to_widget, row, animate=False)

    def on_descendant_focus(self) -> None:
        """Open the list of the field that keys go to now."""
        self.open_list()

    def open_list(self) -> None:
        """Open the list of a choice that has the keys, as far as there is room."""
        if not self.size.height:
            # Nothing has its place yet; this is called again once it has.
            return
        for row in self.query_children(FieldRow):
            if isinstance(row.entry, ChoiceEntry) and row.entry.has_focus:
                row.entry.open_list(self._spare())
                self.show_row(row)

    def _laid_out(self) -> None:
        # Each field has its size only once all of them are laid out.
        self.call_after_refresh(self.open_list)

    @property
    def _around(self) -> Widget | None:
        """What the form lies in."""
        above = self.parent.parent if self.parent is not None else None
        return above if isinstance(above, Widget) else None

    def _spare(self) -> int:
        """Return how many lines a list may take without pushing fields out of sight."""
        rows = self.query_children(FieldRow)
        open_lines = sum(
            row.entry.size.height - 1
            for row in rows
            if isinstance(row.entry, ChoiceEntry)
        )
        # The line of the help is used, too.
        used = self.virtual_size.height - open_lines + 1
        room = self._lines_max
        if not room and self._around is not None:
            room = self._around.content_size.height
        if used >= room:
            # The fields scroll anyway.
            return CHOICES_MAX
        return max(0, min(CHOICES_MAX, room - used))
