"""Who has an ID, on record or in an earlier row."""

from dataclasses import dataclass

from cptkiosk.desk import Desk
from cptkiosk.domain.state.candidate import roll_name
from cptkiosk.domain.text import may_be_one_name, name_words
from cptkiosk.ledger import queries
from cptkiosk.roster.model import RosterRow


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Someone on record, or in an earlier row."""

    participant_id: str
    person: str
    birth_date: str
    place: str
    """Where that is written."""

    @property
    def words(self) -> frozenset[str]:
        """The words of the name."""
        return name_words(self.person)

    @property
    def text(self) -> str:
        """The name and the ID."""
        return f"{self.person} ({self.participant_id})"

    def may_be(self, other: "KnownPerson") -> bool:
        """Tell whether both may be one person: by name or by birth date."""
        born = self.birth_date
        return may_be_one_name(self.words, other.words) or (
            born != "" and born == other.birth_date
        )


def people_on_record(desk: Desk) -> dict[str, KnownPerson]:
    """Return everyone on record by ID."""
    return {
        one.participant_id: KnownPerson(
            one.participant_id,
            roll_name(one.family_name, one.given_name),
            one.birth_date,
            "on record",
        )
        for one in queries.list_people(desk.ledger)
    }


def person_of(row: RosterRow) -> KnownPerson:
    """Return whom a row is about."""
    person = roll_name(row.family_name, row.given_name)
    return KnownPerson(
        row.participant_id, person, row.birth_date, f"in row {row.place}"
    )
