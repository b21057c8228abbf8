"""The long tests, for a night: `python tests/soak.py [--hours H | --quick] [NAME ...]`.

A check is short and always the same, so that a change can be judged by it. What needs
many tries or fresh seeds to be found is looked for here: whole simulated days, kills and
power cuts, races, lines that drop, properties and hostile text, faults put in on purpose,
and how fast it all is. Names are parts, as `--list` shows them; without any, all run.

Each part has its time. One that takes longer is stopped and has failed. What is printed
is meant to be read in a mail: what ran, how much of it, by which seed, what failed, and
the command that does the same again. It ends in 1 if anything failed.
"""

import argparse
import os
import re
import secrets
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
USUAL_HOURS = 3.0
SHOWN_LINES = 60
"""How much of what a failed part wrote is shown; the whole is in a file."""

SIDE_BY_SIDE = ("-n", "auto", "--dist", "worksteal")
ALONE = ("-n", "0")
PYTEST = ("-m", "pytest", "-q", "--timeout=0")
COUNTED = re.compile(r"^(\d+ (?:passed|failed|error|faults).*)$", re.M)
MEASURED = re.compile(
    r"^\S+: \S.*(?:steps|cuts|kills| ms).*$|^Required test coverage.*$", re.M
)
"""The end of what pytest wrote, and what tests said that they measured."""


@dataclass(frozen=True)
class Part:
    """One part of a soak: what runs, and how much of it in a night and in a hurry."""

    name: str
    what: str
    arguments: tuple[str, ...]
    share: float
    """How much of all the time it may take, in percent."""
    night: Mapping[str, int] = field(default_factory=dict)
    quick: Mapping[str, int] | None = field(default_factory=dict)
    """None where there is no little of it."""


PARTS = (
    Part(
        "simulation", "simulated exam days with faults",
        (*PYTEST, *SIDE_BY_SIDE, "tests/simulation", "-k", "every_day or once_failed"),
        30, {"DAYS": 10_000}, {"DAYS": 40},
    ),
    Part(
        "properties", "every rule in any order, every event there and back",
        (*PYTEST, *SIDE_BY_SIDE, "tests/property"),
        15, {"RULE_DAYS": 1000, "RULE_STEPS": 150, "EXAMPLES": 40},
        {"RULE_DAYS": 20, "RULE_STEPS": 70, "EXAMPLES": 1},
    ),
    Part(
        "fuzz", "hostile text into every entry",
        (*PYTEST, *SIDE_BY_SIDE, "tests/e2e/test_fuzz_entries.py"),
        10, {"EXAMPLES": 5}, {"EXAMPLES": 1},
    ),
    Part(
        "kills", "writers killed at any instant",
        (*PYTEST, *ALONE, "-rP", "tests/crash/test_kill.py"),
        7, {"KILLS": 510}, {"KILLS": 30},
    ),
    Part(
        "power", "power cuts, traced and mounted, and full disks",
        (*PYTEST, *ALONE, "-rP", "tests/crash", "--ignore", "tests/crash/test_kill.py",
         "--ignore", "tests/crash/test_upload_kills.py"),
        10, {"CUTS": 60, "TRACED_CUTS": 500}, {"CUTS": 2, "TRACED_CUTS": 10},
    ),
    Part(
        "uploads", "300 revisions to three destinations, killed and cut off at random",
        (*PYTEST, *ALONE, "-rP", "-m", "soak", "tests/crash/test_upload_kills.py"),
        10, {"UPLOADS": 300}, {"UPLOADS": 8},
    ),
    Part(
        "privacy", "1,000 sessions: whether results tell who had an accommodation",
        (*PYTEST, *ALONE, "-rP", "-m", "soak or not soak", "tests/privacy"),
        8, {"SESSIONS": 1000}, {"SESSIONS": 60},
    ),
    Part(
        "races", "16 processes on one ledger, and how fast screens and ledger are",
        (*PYTEST, *ALONE, "-rP", "-m", "soak", "tests/benchmarks"),
        3, {"RACE_S": 30, "WAIT_MS": 2000}, {"RACE_S": 2},
    ),
    Part(
        "lines", "lines that drop, terminals that stall, two at once",
        (*PYTEST, *ALONE, "tests/e2e/test_line_drops.py", "tests/e2e/test_two_terminals.py"),
        5,
    ),
    Part(
        "marked", "tests marked soak: too long for a check",
        (*PYTEST, *SIDE_BY_SIDE, "-m", "soak", "--ignore", "tests/benchmarks",
         "--ignore", "tests/privacy", "--ignore", "tests/crash/test_upload_kills.py",
         "tests"),
        10, {"ROSTERS": 30_000}, {"ROSTERS": 1000},
    ),
    Part(
        "coverage", "branches that unit, property and pilot tests run",
        (*PYTEST, *SIDE_BY_SIDE, "--cov", "tests/unit", "tests/property", "tests/pilot"),
        10, {}, None,
    ),
    Part(
        "mutations", "faults put into a copy, each to be noticed by a test",
        ("tests/mutations/run.py",),
        10,
    ),
)  # fmt: skip
QUICK_MUTATIONS = ("deadline", "rounded percent", "retake a day early")
"""In a hurry a few faults must do."""

QUICK_HOURS = 0.5


@dataclass(frozen=True)
class Outcome:
    """How a part went."""

    part: Part
    code: int | None
    """What its process ended in; None if it took too long and was stopped."""
    seconds: float
    output: str
    kept: Path

    @property
    def failed(self) -> bool:
        return self.code != 0


def amounts(part: Part, *, quick: bool) -> Mapping[str, int]:
    """Return how much of everything a part does."""
    return (part.quick or {}) if quick else part.night


def settings(part: Part, seed: int, *, quick: bool) -> dict[str, str]:
    """Return what the environment says to a part."""
    figures = {"SEED": seed, "PROFILE": "soak", **amounts(part, quick=quick)}
    return {f"CPTKIOSK_TEST_{name}": str(value) for name, value in figures.items()}


def command(part: Part, seed: int, *, quick: bool) -> list[str]:
    """Return what this Python runs for a part."""
    made = list(part.arguments)
    if "pytest" in made:
        made.append(f"--hypothesis-seed={seed}")
    elif quick:
        made += QUICK_MUTATIONS
    return made


def again(part: Part, seed: int, *, quick: bool) -> str:
    """Return the line for a shell that does the same again."""
    said = [
        f"{name}={value}" for name, value in settings(part, seed, quick=quick).items()
    ]
    return " ".join([*said, "python", shlex.join(command(part, seed, quick=quick))])


def run(part: Part, seed: int, longest_s: float, kept: Path, *, quick: bool) -> Outcome:
    """Run a part for at most `longest_s` seconds; all it writes goes to a file."""
    began_s = time.monotonic()
    with kept.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command(part, seed, quick=quick)],
            cwd=ROOT,
            env={**os.environ, **settings(part, seed, quick=quick)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code: int | None = process.wait(longest_s)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            end(process)
    said = kept.read_text(encoding="utf-8", errors="replace")
    return Outcome(part, code, time.monotonic() - began_s, said, kept)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a part and all that it started, if anything of it is still there."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, number)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                continue


def report(outcome: Outcome, seed: int, longest_s: float, *, quick: bool) -> str:
    """Return what is to be read about a part."""
    part = outcome.part
    word = "FAILED" if outcome.failed else "passed"
    amount = ", ".join(
        f"{value} {name}" for name, value in amounts(part, quick=quick).items()
    )
    lines = [f"{word}  {part.name}: {part.what} ({outcome.seconds:.0f} s)"]
    lines += [f"        {amount}"] if amount else []
    lines.append(f"        seed {seed}")
    lines += [f"        {one.strip()}" for one in COUNTED.findall(outcome.output)[-1:]]
    lines += [f"        {one}" for one in MEASURED.findall(outcome.output)]
    if outcome.failed:
        if outcome.code is None:
            lines.append(f"        stopped after its {longest_s:.0f} s")
        lines += ["", *outcome.output.rstrip().splitlines()[-SHOWN_LINES:], ""]
        lines.append(f"        all it wrote: {outcome.kept}")
        lines.append(f"        again: {again(part, seed, quick=quick)}")
    return "\n".join(lines)


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    known = [part.name for part in PARTS]
    parser = argparse.ArgumentParser("python tests/soak.py", description="Long tests.")
    how_long = parser.add_mutually_exclusive_group()
    how_long.add_argument("--hours", type=float, default=USUAL_HOURS, metavar="H")
    how_long.add_argument("--quick", action="store_true", help="a little of everything")
    parser.add_argument("--seed", type=int, help="instead of a fresh one")
    parser.add_argument(
        "--list", action="store_true", help="say what there is, and end"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    read = parser.parse_args(words)
    if unknown := sorted(set(read.names) - set(known)):
        parser.error(
            f"no part is called {', '.join(unknown)}; there are {', '.join(known)}"
        )
    return read


def main(words: Sequence[str]) -> int:
    """Run the parts asked for and return 1 if one failed, else 0."""
    asked = arguments(words)
    parts = [part for part in PARTS if not asked.names or part.name in asked.names]
    if asked.quick:
        parts = [part for part in parts if part.quick is not None]
    if asked.list:
        print(*(f"{part.name:<12}{part.what}" for part in parts), sep="\n")
        return 0
    quick: bool = asked.quick
    hours: float = QUICK_HOURS if quick else asked.hours
    seed = asked.seed if asked.seed is not None else secrets.randbelow(10**9)
    folder = Path(tempfile.mkdtemp(prefix="cptkiosk-soak-"))
    print(f"cptkiosk soak: {len(parts)} parts, seed {seed}, at most {hours:g} hours\n")
    failed: list[Outcome] = []
    for part in parts:
        longest_s = hours * 3600 * part.share / sum(one.share for one in parts)
        outcome = run(part, seed, longest_s, folder / f"{part.name}.txt", quick=quick)
        print(report(outcome, seed, longest_s, quick=quick), flush=True)
        failed += [outcome] if outcome.failed else []
    if failed:
        print(f"\nFAILED: {', '.join(one.part.name for one in failed)}")
        for one in failed:
            print(f"  {again(one.part, seed, quick=quick)}")
        return 1
    print("\nall passed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
