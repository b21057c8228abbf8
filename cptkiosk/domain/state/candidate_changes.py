"""What an event makes of a candidate's record."""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from types import MappingProxyType

from cptkiosk.domain.events import candidate as e
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.state.candidate import (
    Candidate,
    Namesake,
    Registration,
    Settlement,
    gives_more,
)
from cptkiosk.domain.values import Personal


def evolve(candidate: Candidate, entry: Entry) -> Candidate:
    """Return `candidate` after `entry`."""
    event = entry.event
    if isinstance(event, e.PersonFact):
        candidate = replace(
            candidate,
            participant_id=event.participant_id,
            family_name=event.family_name,
            given_name=event.given_name,
            birth_date=event.birth_date,
        )
    elif isinstance(event, e.RegistrationFact):
        candidate = _with_registration(candidate, event, entry.seq)
    else:
        candidate = _apply_rest(candidate, event)
    return replace(candidate, version=entry.version)


def _with_registration(
    candidate: Candidate, event: e.RegistrationFact, seq: int
) -> Candidate:
    about = event.module_id
    made = Registration(
        about, event.user_code, event.factor_permille, event.paid,
        event.stop_clock, event.code_expires,
    )  # fmt: skip
    known = candidate.registrations.get(about)
    raised_seq = candidate.raised_seq
    if known is None or gives_more(known, made):
        raised_seq = MappingProxyType({**raised_seq, about: seq})
    registrations = MappingProxyType({**candidate.registrations, about: made})
    return replace(candidate, registrations=registrations, raised_seq=raised_seq)


def _apply_rest(candidate: Candidate, event: Fact) -> Candidate:
    match event:
        case e.ConsentRecorded():
            return replace(candidate, consent=event.given_by)
        case e.ConflictDeclared():
            conflicts = {**candidate.conflicts, event.staff_id: event.relation}
            return replace(candidate, conflicts=MappingProxyType(conflicts))
        case e.ConflictWithdrawn():
            conflicts = {**candidate.conflicts, event.staff_id: ""}
            return replace(candidate, conflicts=MappingProxyType(conflicts))
        case e.SupplementOrdered():
            return replace(
                candidate, supplements=(*candidate.supplements, event.course)
            )
        case e.NamesakeNoticed():
            return _with_namesake(candidate, Namesake(event.other), None)
        case e.TwoPeopleDecided():
            other = Namesake(event.other, event.of_staff)
            return _with_namesake(candidate, other, event.reason)
        case e.PersonForgotten():
            return replace(candidate, forgotten=True)
        case e.FeeSettled():
            settled = Settlement(
                event.item, event.amount_cents, event.how, event.reference
            )
            return replace(candidate, settlements=(*candidate.settlements, settled))
        case _:
            return candidate


def _with_namesake(
    candidate: Candidate, other: Namesake, reason: Personal | None
) -> Candidate:
    namesakes = {**candidate.namesakes, other: reason}
    return replace(candidate, namesakes=MappingProxyType(namesakes))


def replay(entries: Iterable[Entry]) -> Candidate:
    """Fold a whole stream into the candidate it leaves."""
    return reduce(evolve, entries, Candidate())
