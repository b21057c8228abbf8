"""Which module a roster means."""

import re
from collections.abc import Mapping

from cptkiosk.domain.text import fold_text

NOISE = frozenset(
    (
        *("mssc", "cpt", "assessment", "assessments", "module", "test", "exam"),
        *("examination", "certificate", "certification", "credential", "optional"),
        *("course", "code"),
    )
)
JOINERS = frozenset({"and", "of", "the"})
PREFIX_MIN = 3


def words_of(text: str) -> tuple[str, ...]:
    """Return the telling words of `text`, folded and without punctuation."""
    words = re.findall(r"[^\W_]+", fold_text(text))
    return tuple(word for word in words if word not in JOINERS)


class ModuleNames:
    """The names under which rosters know the modules."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self._names = {words_of(alias): module for alias, module in aliases.items()}
        for module in set(aliases.values()):
            self._names.setdefault(words_of(module), module)
        self._vocabulary: dict[str, set[str]] = {}
        for words, module in self._names.items():
            self._vocabulary.setdefault(module, set()).update(words)
        self._answers: dict[str, str] = {}

    def exact_module(self, text: str) -> str:
        """Return the module with exactly this name, or an empty string."""
        words = words_of(text)
        plain = tuple(word for word in words if word not in NOISE)
        return self._names.get(words) or self._names.get(plain, "")

    def match_module(self, text: str) -> str:
        """Return the one module that `text` can mean, or an empty string."""
        if text not in self._answers:
            self._answers[text] = self.exact_module(text) or self._nearest_name(text)
        return self._answers[text]

    def _nearest_name(self, text: str) -> str:
        words = tuple(word for word in words_of(text) if word not in NOISE)
        if not words:
            return ""
        found = {
            module
            for name, module in self._names.items()
            if self._says_more(words, name, module) or _says_less(words, name)
        }
        return found.pop() if len(found) == 1 else ""

    def _says_more(
        self, words: tuple[str, ...], name: tuple[str, ...], module: str
    ) -> bool:
        """Tell whether `words` hold the name and nothing foreign to the module.

        Any name inside would do for a human, but would also take "welding safety"
        for Safety, and a wrong module costs more than a rejected row.
        """
        return set(name) <= set(words) and set(words) <= self._vocabulary[module]


def _says_less(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Tell whether `words` are part of the name, or begin it."""
    if len("".join(words)) < PREFIX_MIN or not any(w.isalpha() for w in words):
        return False
    begins = len(words) <= len(name) and all(
        long.startswith(short) for short, long in zip(words, name, strict=False)
    )
    return begins or set(words) <= set(name)
