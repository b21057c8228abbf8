"""What is shipped says what the program sheet says; what is wrong is named."""

import shutil
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from cptkiosk.definitions.files import BadDefinition
from cptkiosk.definitions.load import load_definitions
from cptkiosk.domain.modules import Definitions, Fees, field_label
from cptkiosk.errors import ExitCode
from cptkiosk.host.resources import data_root
from support.verdicts import refuses

FIGURES = [
    ("safety", "Safety", True, 83, 76, ("5929",)),
    ("quality", "Quality Practices and Measurement", True, 84, 75, ("5923",)),
    ("production", "Manufacturing Processes and Production", True, 83, 74, ("5926",)),
    ("maintenance", "Maintenance Awareness", True, 86, 73, ("5926",)),
    ("green", "Green Production", False, 94, 78, ()),
]
SHORTS = ["Safety", "Quality", "Production", "Maint.", "Green"]
BREACH = 3


@pytest.fixture(scope="module")
def shipped() -> Definitions:
    return load_definitions()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what is shipped, to be spoiled."""
    source = data_root("sessions")
    assert isinstance(source, Path)
    return Path(
        shutil.copytree(
            source, tmp_path / "sessions", ignore=shutil.ignore_patterns("__*")
        )
    )


def test_the_five_modules_have_the_figures_of_the_program_sheet(
    shipped: Definitions,
) -> None:
    found = [
        (one.id, one.name, one.core, one.items, one.cut_percent, one.courses)
        for one in shipped.modules
    ]

    assert found == FIGURES
    assert {(one.minutes, one.edition) for one in shipped.modules} == {(90, "2017")}
    assert [one.short for one in shipped.modules] == SHORTS
    assert all(len(one.short) <= 10 for one in shipped.modules)


def test_the_fees_are_in_whole_cents(shipped: Definitions) -> None:
    assert shipped.fees == Fees(
        registration_cents=2800, assessment_cents=2200, supplement_cents=7000
    )


def test_the_policies_have_their_defaults(shipped: Definitions) -> None:
    policies = shipped.policies

    assert policies.announce_minutes == (30, 10, 5)
    assert (policies.late_minutes, policies.late_coordinator_minutes) == (15, 30)
    assert policies.credit_coordinator_minutes == 15
    assert (policies.undo_start_seconds, policies.undo_finish_minutes) == (120, 5)
    assert policies.retake_wait_days == 15
    assert policies.retake_wait_days_after_third == 60
    assert policies.renewal_years == 5
    assert policies.start_countdown_seconds == 10
    assert (policies.pin_digits_min, policies.idle_lock_minutes) == (6, 10)
    assert policies.blocks_unpaid is False
    assert policies.consent_under_age == 18
    assert policies.testing_windows == ()
    assert policies.late_clock == "own"
    assert policies.announce_missed_seconds == 60
    assert policies.no_show_pays is False
    assert policies.lead_seals is True


def test_a_breach_withholds_and_nothing_voids(shipped: Definitions) -> None:
    codes = shipped.irregularities

    assert {code.severity for code in codes} == {1, 2, BREACH}
    assert all(code.validity == "withhold" for code in codes if code.severity == BREACH)
    assert {code.validity for code in codes} == {
        "none",
        "flag",
        "withhold",
        "no-attempt",
    }


def test_an_irregularity_is_found_by_its_id(shipped: Definitions) -> None:
    alarm = shipped.irregularity("ENV-ALARM")

    assert (alarm.severity, alarm.scope, alarm.time_effect) == (2, "session", "halt")
    assert "alarm-time" in alarm.fields
    with pytest.raises(KeyError):
        shipped.irregularity("ENV-NOTHING")


def test_details_not_always_known_are_optional(shipped: Definitions) -> None:
    fault = shipped.irregularity("TEC-STATION")

    assert fault.fields == ("old-seat", "steps-tried")
    assert fault.optional == ("new-seat", "minutes")
    assert fault.narrative_min == 3


def test_an_entry_without_its_own_code_needs_a_longer_narrative(
    shipped: Definitions,
) -> None:
    other = shipped.irregularity("OTH")

    assert other.narrative_min == 20
    assert {code.narrative_min for code in shipped.irregularities if code != other} == {
        3
    }


def test_a_field_is_called_by_words() -> None:
    assert field_label("old-seat") == "old seat"
    assert field_label("stopped-at-item") == "stopped at item"


@pytest.mark.parametrize(
    ("limits", "day", "valid"),
    [
        ("", "2026-11-23", True),
        ('valid_from = "2026-11-23"', "2026-11-22", False),
        ('valid_from = "2026-11-23"', "2026-11-23", True),
        ('valid_until = "2026-11-23"', "2026-11-23", True),
        ('valid_until = "2026-11-23"', "2026-11-24", False),
        ('valid_from = "2026-11-23"\nvalid_until = "2026-11-23"', "2026-11-23", True),
    ],
)
def test_a_module_may_be_taken_from_its_first_to_its_last_day(
    folder: Path, limits: str, day: str, valid: bool
) -> None:
    file = folder / "module-safety.toml"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{limits}\n")

    assert load_definitions(folder).module("safety").valid_on(day) is valid


def test_a_module_is_found_by_its_id(shipped: Definitions) -> None:
    assert shipped.module("green").items == 94
    with refuses("welding"):
        shipped.module("welding")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("safety", "safety"),
        ("mfg processes", "production"),
        ("manufacturing processes & production", "production"),
        ("quality practices & measurement", "quality"),
        ("quality practices and measurement", "quality"),
        ("maint.", "maintenance"),
        ("maintenance awareness", "maintenance"),
        ("green production", "green"),
    ],
)
def test_rosters_may_call_a_module_what_they_like(
    shipped: Definitions, said: str, meant: str
) -> None:
    assert shipped.module_aliases()[said] == meant


def test_aliases_are_lower_case(shipped: Definitions) -> None:
    assert all(name == name.lower() for name in shipped.module_aliases())


def test_an_announcement_says_how_long_and_a_center_may_say_to_how_many(
    shipped: Definitions,
) -> None:
    for minutes in shipped.policies.announce_minutes:
        said = shipped.scripts.announcement_text(minutes, 4)
        # Read aloud, a number of people tells no one whether they are meant.
        assert "4 people" not in said
        assert f"{minutes} minutes" in said
    own = replace(shipped.scripts, otherwise="{people}: {minutes} left")
    assert own.announcement_text(1, 1) == "1 person: 1 minute left"


def test_definitions_stay_fixed_while_the_program_runs(
    shipped: Definitions,
) -> None:
    with pytest.raises(FrozenInstanceError):
        shipped.fees.registration_cents = 0  # type: ignore[misc]  # it is what is tried


def test_reading_a_copy_gives_the_same(shipped: Definitions, folder: Path) -> None:
    assert load_definitions(folder) == shipped


SPOILED = [
    ("module-safety.toml", "items = 83", "items = 0", "items", ">= 1"),
    ("module-safety.toml", "items = 83", "items = -83", "items", ">= 1"),
    ("module-safety.toml", "items = 83", 'items = "83"', "items", "`str`"),
    ("module-safety.toml", "items = 83", "", "items", "missing"),
    ("module-safety.toml", "items = 83", "itmes = 83", "itmes", "unknown"),
    ("module-safety.toml", "minutes = 90", "minutes = 0", "minutes", ">= 1"),
    ("module-green.toml", "= 78", "= 101", "cut_percent", "<= 100"),
    ("module-green.toml", '"Green"', '"Green Production"', "short", "<= 10"),
    ("module-safety.toml", 'id = "safety"', 'id = "green"', "id", "another module"),
    ("module-safety.toml", '"saf"', '"Mfg Processes"', "aliases", '"production"'),
    ("module-safety.toml", "core = true", "core = 1", "core", "`bool`"),
    ("fees.toml", "= 2800", "= 28.00", "registration_cents", "`float`"),
    ("fees.toml", "= 2200", "= -1", "assessment_cents", ">= 0"),
    ("fees.toml", '"USD"', '"EUR"', "currency", "EUR"),
    ("policies.toml", "[30, 10, 5]", "[5, 10]", "announce_minutes", "descending"),
    ("policies.toml", "[30, 10, 5]", "[30, 0]", "announce_minutes[1]", ">= 1"),
    (
        "policies.toml",
        "late_coordinator_minutes = 30",
        "late_coordinator_minutes = 10",
        "late_coordinator_minutes",
        "late_minutes",
    ),
    (
        "policies.toml",
        "pin_digits_min = 6",
        "pin_digits_min = 1",
        "pin_digits_min",
        "4",
    ),
    (
        "policies.toml",
        "pin_digits_min = 6",
        "pin_digits_min = 13",
        "pin_digits_min",
        "12",
    ),
    ("irregularities.toml", "severity = 2", "severity = 4", "code[0].severity", "3"),
    ("irregularities.toml", '"session"', '"planet"', "code[0].scope", "planet"),
    ("irregularities.toml", '"ENV-POWER"', '"ENV-ALARM"', "code[1].id", "twice"),
    ("irregularities.toml", "severity = 2", "severity = 3", "code[0].validity", "3"),
    (
        "module-safety.toml",
        "core =",
        'valid_from = "2026-02-30"\ncore =',
        "valid_from",
        '"2026-02-30" is not a date',
    ),
    (
        "module-safety.toml",
        "core =",
        'valid_until = "20261123"\ncore =',
        "valid_until",
        '"20261123" is not a date',
    ),
    (
        "module-safety.toml",
        "core =",
        'valid_from = "2026-11-23"\nvalid_until = "2026-11-22"\ncore =',
        "valid_until",
        "must not be before valid_from, 2026-11-23",
    ),
    ("policies.toml", "_age = 18", "_age = -1", "consent_under_age", ">= 0"),
    ("policies.toml", "= []", '= ["always"]', "testing_windows[0]", '"always" is not'),
    (
        "policies.toml",
        "= []",
        '= ["sat 08:00-16:00", "sun 9-12"]',
        "testing_windows[1]",
        '"sun 9-12" is not days and hours',
    ),
    ("policies.toml", 'clock = "own"', 'clock = "both"', "late_clock", "both"),
    (
        "policies.toml",
        "_seconds = 60",
        "_seconds = -1",
        "announce_missed_seconds",
        ">= 0",
    ),
    ("policies.toml", "_pays = false", "_pays = 0", "no_show_pays", "`bool`"),
    ("policies.toml", "lead_seals = true", "", "lead_seals", "missing"),
    (
        "irregularities.toml",
        '"muster-place"',
        '"roll-call"',
        "code[0].optional",
        'ENV-ALARM lists "roll-call" twice',
    ),
    (
        "irregularities.toml",
        '"roll-call"',
        '"alarm-time"',
        "code[0].fields",
        'ENV-ALARM lists "alarm-time" twice',
    ),
    (
        "irregularities.toml",
        "narrative_min = 20",
        "narrative_min = 0",
        "code[46].narrative_min",
        ">= 1",
    ),
    (
        "scripts.toml",
        "have {minutes} left. If",
        "have {name} left. If",
        "otherwise",
        "{name}",
    ),
    (
        "scripts.toml",
        "have {minutes} left. If",
        "have {minutes left. If",
        "otherwise",
        "braces",
    ),
    ("scripts.toml", "Welcome.", "Welcome, {people}.", "start", "{people}"),
    ("scripts.toml", "minutes = 10", "minutes = 30", "announcements[1].minutes", "30"),
    ("fees.toml", "currency =", "currency", "line 5", "not TOML"),
    ("fees.toml", 'as_of = "2017"', "as_of = ", "line 7", "not TOML"),
    ("fees.toml", 'as_of = "2017"', 'as_of = "lately"', "as_of", "matching"),
    ("module-safety.toml", "position = 1", "position = 0", "position", ">= 1"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "reason"),
    SPOILED,
    ids=[f"{file} {new or 'no ' + old}" for file, old, new, _, _ in SPOILED],
)
def test_a_bad_definition_names_file_key_and_reason(
    folder: Path, file: str, old: str, new: str, key: str, reason: str
) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(BadDefinition) as caught:
        load_definitions(folder)

    bad = caught.value
    assert (bad.file, bad.key) == (file, key)
    assert reason in bad.reason
    assert bad.fault == f"{file}, {key}: {bad.reason}."
    assert str(bad).startswith(f"{bad.fault} The record was not changed")
    assert bad.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    "file", ["fees.toml", "policies.toml", "irregularities.toml", "scripts.toml"]
)
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()

    with pytest.raises(BadDefinition, match=rf"^{file}: the file is missing\. The"):
        load_definitions(folder)


def test_a_file_in_another_encoding_is_named_with_its_line(folder: Path) -> None:
    file = folder / "fees.toml"
    file.write_bytes(file.read_bytes() + b"# caf\xe9\n")

    with pytest.raises(BadDefinition, match=r"^fees\.toml, line 8: not UTF-8\. The"):
        load_definitions(folder)


def test_without_modules_nothing_starts(folder: Path) -> None:
    for file in folder.glob("module-*.toml"):
        file.unlink()

    with pytest.raises(BadDefinition, match="there are no modules"):
        load_definitions(folder)


def test_without_a_core_module_nothing_starts(folder: Path) -> None:
    for file in folder.glob("module-*.toml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("core = true", "core = false"), encoding="utf-8")

    with pytest.raises(BadDefinition) as caught:
        load_definitions(folder)

    assert caught.value.key == "core"


def test_other_files_in_the_folder_are_left_alone(
    shipped: Definitions, folder: Path
) -> None:
    (folder / "scenario-morning.toml").write_text("= nothing of ours")

    assert load_definitions(folder) == shipped


def test_importing_the_loader_does_not_import_what_is_slow() -> None:
    code = (
        "import sys, cptkiosk.definitions.load, cptkiosk.host.data_directory, cptkiosk.host.clock;"
        "print({'msgspec', 'platformdirs', 'textual', 'sqlite_utils'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "set()"
