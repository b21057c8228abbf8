"""Killed at any instant: what was acknowledged is there, whole and once."""

import random
import subprocess
import time
from itertools import count

import pytest

from cptkiosk.domain.session import Stage
from cptkiosk.ledger.verify import verify
from support.center import open_desk
from support.processes import reaped, worker
from support.sessions import a_session
from support.workers import BATCH

WRITERS = 3
ROUNDS = 2
LONGEST_S = 0.5

pytestmark = pytest.mark.slow


def killed(process: subprocess.Popen[str]) -> list[str]:
    """Kill, and return the whole lines that were said before."""
    process.kill()
    lines = reaped(process).split("\n")
    assert process.returncode == -9, "it died by itself"
    return lines[:-1]


def kill_at_random(writers: list[subprocess.Popen[str]], seed: int) -> list[str]:
    """Let several write at once, kill one after the other, return what was said."""
    chance = random.Random(seed)
    for one in writers:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    said: list[str] = []
    for one in writers:
        time.sleep(chance.uniform(0.01, LONGEST_S))
        said += killed(one)
    return said


def test_what_was_acknowledged_survives_every_kill(desk, folder):
    a_session(desk, 1, stage=Stage.CHECK_IN)
    desk.ledger.close()
    names = (f"w{number}" for number in count())
    seed = random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")
    said: list[str] = []
    for turn in range(ROUNDS):
        writers = [worker("write", folder, "a", next(names)) for _ in range(WRITERS)]
        said += kill_at_random(writers, seed + turn)

    again = open_desk(folder, desk.clock)
    notes = {
        entry.event.text.text: entry.seq
        for entry in again.ledger.read("session/a")
        if entry.event.kind == "note-taken.v1"
    }
    kept = [entry.event.kind for entry in again.ledger.read("session/a")]
    assert kept.count("note-taken.v1") == len(notes), "a step is there twice"
    acknowledged = [line.split() for line in said]
    assert len(acknowledged) > 10 * ROUNDS
    for what, *rest in acknowledged:
        if what == "note":
            assert notes[rest[1]] == int(rest[0])
        else:
            registered = whole_batches(again.ledger.streams())
            assert registered.get(rest[0]) == BATCH
    assert set(whole_batches(again.ledger.streams()).values()) <= {BATCH}
    assert verify(again.ledger).entries == again.ledger.head().seq
    again.ledger.close()


def whole_batches(streams: tuple[str, ...]) -> dict[str, int]:
    """Return how many people of each batch there are."""
    found: dict[str, int] = {}
    for one in streams:
        if one.startswith("candidate/w"):
            batch = one.removeprefix("candidate/").rpartition("-")[0]
            found[batch] = found.get(batch, 0) + 1
    return found
