"""What is defined outside the record: modules, fees, policies, codes and scripts."""

from dataclasses import dataclass

from cptkiosk.domain.values import plural


@dataclass(frozen=True, slots=True)
class Module:
    """One assessment: its names, its figures, and the courses aligned with it."""

    id: str
    name: str
    short: str
    """At most 10 cells wide."""
    edition: str
    core: bool
    """Whether the full certificate needs it."""
    items: int
    minutes: int
    cut_percent: int
    courses: tuple[str, ...]
    aliases: tuple[str, ...]
    """What rosters and the vendor also call it."""


@dataclass(frozen=True, slots=True)
class Fees:
    """What the program charges, in whole US cents."""

    registration_cents: int
    assessment_cents: int
    supplement_cents: int


@dataclass(frozen=True, slots=True)
class Policies:
    """What a center may decide; the defaults are data, with their sources."""

    announce_minutes: tuple[int, ...]
    """Minutes left at which the proctor speaks, the largest first."""
    late_minutes: int
    late_coordinator_minutes: int
    credit_coordinator_minutes: int
    undo_start_seconds: int
    undo_finish_minutes: int
    retake_wait_days: int
    retake_wait_days_after_third: int
    renewal_years: int
    start_countdown_seconds: int
    pin_digits_min: int
    idle_lock_minutes: int
    blocks_unpaid: bool


@dataclass(frozen=True, slots=True)
class IrregularityCode:
    """One kind of irregularity, and what it proposes; a person decides."""

    id: str
    title: str
    severity: int
    """1 a note, 2 for the coordinator, 3 a breach that withholds the score."""
    scope: str
    """attempt, room, session or center."""
    time_effect: str
    """none, pause, halt, credit or runs."""
    validity: str
    """none, flag, withhold or no-attempt."""
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is read aloud when a certain time is left."""

    minutes: int
    text: str


@dataclass(frozen=True, slots=True)
class Scripts:
    """The texts a proctor reads aloud."""

    start: str
    end: str
    otherwise: str
    """The announcement for any number of minutes without its own text."""
    announcements: tuple[Announcement, ...]

    def announcement(self, minutes: int, people: int) -> str:
        """Return the words for `people` who have `minutes` left."""
        texts = {one.minutes: one.text for one in self.announcements}
        text = texts.get(minutes, self.otherwise)
        text = text.replace("{minutes}", plural(minutes, "minute"))
        return text.replace("{people}", plural(people, "person", "people"))


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything that is defined, read once at the start."""

    modules: tuple[Module, ...]
    """In the program's own order."""
    fees: Fees
    policies: Policies
    irregularities: tuple[IrregularityCode, ...]
    scripts: Scripts

    def module(self, id: str) -> Module:  # noqa: A002  # it is called that everywhere
        """Return the module `id`.

        Raises:
            KeyError: if there is none.
        """
        for module in self.modules:
            if module.id == id:
                return module
        raise KeyError(id)

    def irregularity(self, id: str) -> IrregularityCode:  # noqa: A002  # as above
        """Return the irregularity code `id`.

        Raises:
            KeyError: if there is none.
        """
        for code in self.irregularities:
            if code.id == id:
                return code
        raise KeyError(id)

    def aliases(self) -> dict[str, str]:
        """Return every lower-case name of a module, with the module's id."""
        return {name: module.id for module in self.modules for name in names_of(module)}


def names_of(module: Module) -> tuple[str, ...]:
    """Return everything `module` is called, in lower case, each once."""
    names = (module.id, module.name, module.short, *module.aliases)
    return tuple(dict.fromkeys(name.lower() for name in names))
