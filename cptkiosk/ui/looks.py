"""The color theme of a terminal: chosen by who sits there, kept for next time."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual.app import App

from cptkiosk.domain.values import Actor
from cptkiosk.host.data_directory import keep_look, looks_in
from cptkiosk.ui.status_line import StatusLine
from cptkiosk.ui.theme import THEMES, WORDS, first_look, look_after, shows_colors


class Looks:
    """Applies a color theme."""

    def __init__(
        self,
        app: App[Any],
        status: StatusLine,
        chosen: Path,
        environ: Mapping[str, str],
    ) -> None:
        """Know the looks; `chosen` is the file that says who has chosen which."""
        self._app = app
        self._status = status
        self._chosen = chosen
        self._first = first_look(environ)
        self.colored = shows_colors(environ)
        for theme in THEMES:
            app.register_theme(theme)

    def wear(self, actor: Actor | None) -> None:
        """Put on the look that someone has chosen, if it can be shown."""
        chosen = looks_in(self._chosen).get(actor.staff_id if actor else "")
        known = self.colored and chosen in self._app.available_themes
        self._app.theme = chosen if known and chosen else self._first

    def wear_next(self, actor: Actor) -> None:
        """Put on the next look, and keep it for who has chosen it."""
        self._app.theme = look = look_after(self._app.theme)
        words = f"colors: {WORDS[look]}"
        try:
            keep_look(self._chosen, actor.staff_id, look)
        except OSError as error:
            self._status.say(f"{words}; not saved for next time: {error}", "warning")
        else:
            self._status.say(words, "ok")
