"""Whose score a row of the vendor's report is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cptkiosk.desk import Desk
from cptkiosk.domain.text import may_be_one_name, name_words
from cptkiosk.ledger import queries
from cptkiosk.ledger.queries import TakenLine
from cptkiosk.vendor.reading import ReportRow


@dataclass(frozen=True, slots=True)
class NotMatched(Exception):
    """Why a row is no one's here."""

    reason: str
    is_foreign: bool = False
    """Whether it seems to be someone else's: no one here has that code or name."""


def _code_key(code: str) -> str:
    return "".join(code.split()).casefold()


class Matcher:
    """Finds the attempt that a row is about, among all that began."""

    def __init__(self, desk: Desk) -> None:
        """Read every attempt on record whose clock has begun and that is over."""
        self._desk = desk
        self._by_code: dict[str, list[TakenLine]] = defaultdict(list)
        self._by_id: dict[str, list[TakenLine]] = defaultdict(list)
        self._by_name: dict[frozenset[str], list[TakenLine]] = defaultdict(list)
        for one in queries.list_taken(desk.ledger):
            if one.user_code:
                self._by_code[_code_key(one.user_code)].append(one)
            self._by_id[one.participant_id].append(one)
            self._by_name[name_words(one.person)].append(one)

    def match_row(self, row: ReportRow) -> TakenLine:
        """Return the attempt that a row is about.

        By the user code where there is one, and otherwise by person and module. What
        else the row says of the person must not contradict it.

        Raises:
            NotMatched: with the reason.
        """
        if row.user_code:
            found = self._by_code.get(_code_key(row.user_code), [])
            if not found:
                return self._without_code(row)
            # A continued attempt has the code of the one before; its score comes last.
            return _check_agreement(row, found[-1])
        return self._match_person(row)

    def _without_code(self, row: ReportRow) -> TakenLine:
        """Match a row whose code no one has: only someone without a code can have it."""
        foreign = NotMatched(f"no one here has user code {row.user_code}", True)
        try:
            found = self._match_person(row)
        except NotMatched:
            raise foreign from None
        if found.user_code:
            raise NotMatched(
                f"user code {row.user_code} is not the one on record"
                f" ({found.user_code}) for {found.person}"
            )
        return found

    def _match_person(self, row: ReportRow) -> TakenLine:
        if row.participant_id:
            people, said = self._by_id.get(row.participant_id, []), row.participant_id
        elif row.name:
            people, said = self._find_name(row.name), row.name
        else:
            raise NotMatched("no user code and no person")
        if not people:
            raise NotMatched(f"no attempt of {said} is on record", True)
        found = [one for one in people if row.module_id in {"", one.module_id}]
        if not found:
            raise NotMatched(f"{people[0].person} did not take this module here")
        if len({(one.participant_id, one.module_id) for one in found}) > 1:
            what = "people or modules" if row.module_id else "modules"
            raise NotMatched(f"{said} may mean several {what}: use the user code")
        open_ = [one for one in found if not self._has_report(one)] or found
        if len(open_) > 1:
            raise NotMatched(f"{said} has several attempts: use the user code")
        return _check_agreement(row, open_[0])

    def _has_report(self, line: TakenLine) -> bool:
        attempt = self._desk.session(line.session_id).attempts[line.attempt_id]
        return attempt.at_vendor.report is not None

    def _find_name(self, name: str) -> list[TakenLine]:
        words = name_words(name)
        if words in self._by_name:
            return self._by_name[words]
        near = [one for one in self._by_name if may_be_one_name(words, one)]
        return _join_lists(self._by_name[one] for one in near)


def _join_lists(lists: Iterable[Sequence[TakenLine]]) -> list[TakenLine]:
    return [line for one in lists for line in one]


def _check_agreement(row: ReportRow, found: TakenLine) -> TakenLine:
    """Return an attempt that nothing in the row contradicts.

    Raises:
        NotMatched: if the row names another person or another module.
    """
    named = name_words(row.name)
    other_id = row.participant_id not in {"", found.participant_id}
    if named and not may_be_one_name(named, name_words(found.person)):
        raise NotMatched(f"the code belongs to {found.person}, not to {row.name}", True)
    if other_id and not named:
        raise NotMatched(
            f"the code belongs to {found.participant_id}, not to {row.participant_id}",
            True,
        )
    if row.module_id not in {"", found.module_id}:
        raise NotMatched(f"{found.person} took another module with this code")
    return found
