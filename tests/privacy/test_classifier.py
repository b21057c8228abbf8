"""A classifier that measures every byte of results cannot tell who had an accommodation."""

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.values import BundleKind
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.upload.bundle import make_bundle, take_snapshot
from privacy.classifier import Figures, chance_error, find_auc
from privacy.exam_sessions import hold_session
from privacy.features import measure_bundle, unpack
from support.center import open_desk, staffed
from support.clock import HandClock
from support.options import USUAL_SEED, option
from support.quick import in_memory

SESSIONS = option("SESSIONS", 20)
SEED = option("SEED", USUAL_SEED)
HIGHEST = 0.55
"""What no more than chance is, over enough sessions."""

ERRORS = 2.5
"""Over few sessions chance may go further: so many standard errors."""

FAR_ABOVE = 0.9


@dataclass
class Held:
    """Everybody in many sessions, as the bundles of each kind show them."""

    groups: list[bool] = field(default_factory=list)
    entries: list[float] = field(default_factory=list)
    """How many entries a person the session of each has."""

    results: Figures = field(default_factory=Figures)
    record: Figures = field(default_factory=Figures)

    @property
    def highest(self) -> float:
        return max(HIGHEST, 0.5 + ERRORS * chance_error(self.groups))


@pytest.fixture(scope="module")
def held() -> Iterator[Held]:
    """Sessions of one center, with the same secrets and salts in every run."""
    chance = random.Random(SEED)
    with in_memory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "token_hex", lambda size: chance.randbytes(size).hex())
        patch.setattr(secrets, "token_bytes", chance.randbytes)
        data = folder / "data"
        data.mkdir(mode=0o700)
        (data / "installation.key").write_bytes(chance.randbytes(32))
        desk = staffed(open_desk(data, HandClock()))
        yield _hold_all(desk, chance)
        desk.ledger.close()


def _hold_all(desk: Desk, chance: random.Random) -> Held:
    made = Held()
    before = dict.fromkeys(BundleKind, b"")
    for number in range(SESSIONS):
        session_id = f"s{number:04}"
        people = hold_session(desk, chance, session_id)
        had = {f"{one.participant_id}-safety": one.accommodated for one in people}
        made.groups += had.values()
        for kind in BundleKind:
            data = _pack(desk, session_id, kind)
            found = measure_bundle(data, before[kind])
            figures = made.record if kind is BundleKind.RECORD else made.results
            for one in had:
                figures.append(found[one])
            before[kind] = data
        lines = unpack(before[BundleKind.RECORD])["events.jsonl"].count("\n")
        made.entries += [lines / len(had)] * len(had)
    return made


def _pack(desk: Desk, session_id: str, kind: BundleKind) -> bytes:
    sealed = take_snapshot(desk, session_id, kind)
    report = sealed_report(desk.definitions)
    return make_bundle(
        desk, sealed, report(sealed) if kind is BundleKind.RECORD else ""
    )


def test_results_tell_no_more_than_chance_about_accommodations(held: Held) -> None:
    auc = find_auc(held.results.columns, held.groups)
    print(
        f"results: AUC {auc:.3f}, at most {held.highest:.3f}, over {SESSIONS} sessions"
        f" with {len(held.groups)} attempts, {sum(held.groups)} accommodated;"
        f" {len(held.results.columns)} figures in steps"
    )

    assert auc <= held.highest


def test_the_same_classifier_tells_it_by_a_record(held: Held) -> None:
    auc = find_auc(held.record.columns, held.groups)
    print(f"record: AUC {auc:.3f}; {len(held.record.columns)} figures in steps")

    assert auc >= FAR_ABOVE


@pytest.mark.soak
def test_the_same_classifier_tells_it_by_the_number_of_entries_alone(
    held: Held,
) -> None:
    columns = {**held.results.columns, "entries each": held.entries}
    auc = find_auc(columns, held.groups)
    print(f"results and the number of entries: AUC {auc:.3f} in steps")

    assert auc > HIGHEST
