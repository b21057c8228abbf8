"""A right roster of known people, kept in a form in which it can be broken."""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field

FAMILIES = (
    *("Reyes", "Núñez", "O'Brien", "Ng", "de la Cruz", "van der Berg", "Smith-Jones"),
    *("Müller", "Fox", "Green", "Sørensen", "García", "Ash", "Total", "Vu", "MacLeod"),
)
GIVENS = (
    *("Ana", "Zoë", "José", "Kim", "Max", "Li", "Renée", "D'Andre", "Ana María", "Al"),
    *("Siobhán", "Eli", "Ora", "Gus", "Ina", "Wes"),
)
MODULES = ("safety", "quality", "production", "maintenance", "")
TIMES = {"": None, "No": 1000, "1.5x": 1500, "2x": 2000, "untimed": 0, "1.25x": 1250}
TITLES = {
    "id": "Student ID",
    "family": "Last Name",
    "given": "First Name",
    "born": "Birth Date",
    "module": "Assessment",
    "time": "Extended Time",
    "code": "User Code",
    "note": "Notes",
}


@dataclass(frozen=True)
class Truth:
    """A person as they are."""

    participant_id: str
    family: str
    given: str
    born: str
    module: str
    time: str
    code: str
    comes: bool = True


@dataclass
class Line:
    """A row, and whose it is."""

    cells: list[str]
    owner: str = ""
    row: int = 0
    """Where it stands, if that is not where it was put in."""


@dataclass
class Draft:
    """A roster being broken."""

    rng: random.Random
    people: dict[str, Truth]
    keys: list[str]
    lines: list[Line]
    """The header first, unless something was put above it."""
    header: Line
    done: list[str] = field(default_factory=list)
    name: str = "roster.csv"
    data: bytes = b""

    def column(self, key: str) -> int:
        return self.keys.index(key)

    def has(self, *keys: str) -> bool:
        return all(key in self.keys for key in keys)

    def owned(self) -> list[Line]:
        return [line for line in self.lines if line.owner]

    def one(self) -> Line:
        return self.rng.choice(self.owned())

    def some(self) -> list[Line]:
        owned = self.owned()
        return self.rng.sample(owned, self.rng.randint(1, max(1, len(owned) // 2)))

    def put(self, key: str, change: Callable[[str], str], lines: list[Line]) -> None:
        if key not in self.keys:
            return
        at = self.column(key)
        for line in lines:
            if at < len(line.cells):
                line.cells[at] = change(line.cells[at])


Breakage = Callable[[Draft], None]


def make_people(rng: random.Random) -> dict[str, Truth]:
    width = rng.choice((4, 6, 6, 9, 17))
    zeros = rng.random() < 0.5
    found: dict[str, Truth] = {}
    while len(found) < 8:
        digits = str(rng.randrange(10 ** (width - 1), 10**width))
        if zeros:
            digits = f"00{digits[2:]}"
        if width > 15 and digits.endswith("00"):
            continue
        code = "".join(rng.choices(string.ascii_uppercase[8:] + "23456789", k=7))
        found[digits] = Truth(
            digits,
            rng.choice(FAMILIES),
            rng.choice(GIVENS),
            f"{rng.randint(2005, 2009)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            rng.choice(MODULES),
            rng.choice([*TIMES]),
            f"K{code}",
        )
    return found
