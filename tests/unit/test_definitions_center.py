"""What a center lays over the shipped definitions, key by key and file by file."""

from pathlib import Path

import pytest

from cptkiosk.definitions.files import BadDefinition
from cptkiosk.definitions.load import center_overrides, load_definitions
from cptkiosk.domain.modules import Definitions, Window
from cptkiosk.errors import ExitCode
from support.definitions import ROBOTICS, module_file

ROBOT_CODE = """
[[code]]
id = "ENV-ROBOT"
title = "A robot moved"
severity = 2
scope = "room"
time_effect = "halt"
validity = "flag"
fields = ["robot"]
"""
OTHER = ROBOT_CODE.replace("ENV-ROBOT", "OTH").replace("A robot moved", "Our other")


class Center:
    """Writes a center's files and loads what is then in force."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def write(self, file: str, text: str) -> None:
        (self.folder / file).write_text(text, encoding="utf-8")

    def load(self) -> Definitions:
        return load_definitions(own=self.folder)

    def refused(self) -> str:
        with pytest.raises(BadDefinition) as caught:
            self.load()
        assert caught.value.exit_code is ExitCode.USAGE
        return caught.value.fault


@pytest.fixture
def center(tmp_path: Path) -> Center:
    return Center(tmp_path / "definitions")


@pytest.fixture(scope="module")
def shipped() -> Definitions:
    return load_definitions()


def ids(definitions: Definitions) -> list[str]:
    return [module.id for module in definitions.modules]


def test_without_a_folder_everything_is_as_shipped(
    shipped: Definitions, tmp_path: Path
) -> None:
    assert load_definitions(own=tmp_path / "definitions") == shipped
    assert center_overrides(tmp_path / "definitions") == {}


def test_an_empty_folder_and_an_empty_file_change_nothing(
    center: Center, shipped: Definitions
) -> None:
    assert center.load() == shipped

    center.write("policies.toml", "# nothing decided yet\n")

    assert center.load() == shipped
    assert center_overrides(center.folder) == {}


def test_one_policy_replaces_one_policy(center: Center, shipped: Definitions) -> None:
    center.write("policies.toml", "late_minutes = 20\n")

    policies = center.load().policies

    assert policies.late_minutes == 20
    assert (
        policies.late_coordinator_minutes == shipped.policies.late_coordinator_minutes
    )
    assert policies.announce_minutes == shipped.policies.announce_minutes


def test_every_new_policy_can_be_set(center: Center) -> None:
    center.write(
        "policies.toml",
        """
        consent_under_age = 0
        testing_windows = ["mon-fri 07:00-21:00", "sat 08:00-24:00"]
        late_clock = "group"
        announce_missed_seconds = 90
        no_show_pays = true
        lead_seals = false
        """,
    )

    policies = center.load().policies

    assert policies.consent_under_age == 0
    assert policies.testing_windows == (
        Window(frozenset(range(5)), 420, 1260),
        Window(frozenset({5}), 480, 1440),
    )
    assert policies.late_clock == "group"
    assert policies.announce_missed_seconds == 90
    assert policies.no_show_pays is True
    assert policies.lead_seals is False


def test_one_fee_replaces_one_fee(center: Center, shipped: Definitions) -> None:
    center.write("fees.toml", "assessment_cents = 2500\n")

    fees = center.load().fees

    assert fees.assessment_cents == 2500
    assert fees.registration_cents == shipped.fees.registration_cents


def test_one_script_replaces_one_script(center: Center, shipped: Definitions) -> None:
    center.write("scripts.toml", 'end = "Stop now."\n')

    scripts = center.load().scripts

    assert scripts.end == "Stop now."
    assert scripts.start == shipped.scripts.start
    assert scripts.announcements == shipped.scripts.announcements


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        ((90, 90), "You have 90 minutes."),
        ((90, 45, 90), "You have 45 or 90 minutes."),
        ((1,), "You have 1 minute."),
    ],
)
def test_the_start_names_the_standard_time_of_the_modules(
    shipped: Definitions, minutes: tuple[int, ...] | tuple[int, int], words: str
) -> None:
    assert words in shipped.scripts.welcome_text(minutes)


def test_announcements_are_laid_over_by_their_minutes(
    center: Center, shipped: Definitions
) -> None:
    center.write(
        "scripts.toml",
        """
        [[announcements]]
        minutes = 10
        text = "Ten!"
        [[announcements]]
        minutes = 1
        text = "One!"
        """,
    )

    scripts = center.load().scripts

    assert scripts.announcement_text(10, 4) == "Ten!"
    assert scripts.announcement_text(1, 4) == "One!"
    for minutes in (30, 5):
        said = scripts.announcement_text(minutes, 4)
        assert said == shipped.scripts.announcement_text(minutes, 4)
    assert [one.minutes for one in scripts.announcements] == [30, 10, 5, 1]


def test_a_code_with_a_shipped_id_replaces_it_in_its_place(
    center: Center, shipped: Definitions
) -> None:
    center.write("irregularities.toml", OTHER)

    codes = center.load().irregularities

    assert [code.id for code in codes] == [code.id for code in shipped.irregularities]
    assert codes[-1].title == "Our other"
    assert codes[:-1] == shipped.irregularities[:-1]


def test_a_code_with_a_new_id_is_appended(center: Center, shipped: Definitions) -> None:
    center.write("irregularities.toml", ROBOT_CODE)

    codes = center.load().irregularities

    assert codes[:-1] == shipped.irregularities
    assert (codes[-1].id, codes[-1].fields) == ("ENV-ROBOT", ("robot",))


def test_a_sixth_module_is_a_file(center: Center, shipped: Definitions) -> None:
    center.write("module-robotics.toml", ROBOTICS)

    definitions = center.load()

    assert ids(definitions) == [*ids(shipped), "robotics"]
    assert definitions.modules[:-1] == shipped.modules
    assert definitions.module("robotics").items == 70
    assert definitions.module_aliases()["rob"] == "robotics"


def test_a_module_stands_where_its_position_says_and_ties_go_by_file(
    center: Center,
) -> None:
    center.write("module-robotics.toml", module_file(position=3))
    center.write("module-arms.toml", module_file("arms", position=3))

    assert ids(center.load()) == [
        *("safety", "quality", "arms", "production", "robotics"),
        *("maintenance", "green"),
    ]


def test_a_module_replaces_the_shipped_one_with_its_id_from_any_file(
    center: Center, shipped: Definitions
) -> None:
    center.write("module-ours.toml", module_file("safety", position=1, replaces=True))

    definitions = center.load()

    assert ids(definitions) == ids(shipped)
    assert definitions.module("safety").items == 70
    assert "cpt safety" not in definitions.module_aliases()


def test_a_file_of_the_same_name_with_another_id_adds_a_module(
    center: Center, shipped: Definitions
) -> None:
    center.write("module-safety.toml", module_file("robotics", position=1))

    assert sorted(ids(center.load())) == sorted([*ids(shipped), "robotics"])


def test_notes_and_hidden_files_may_lie_there(
    center: Center, shipped: Definitions
) -> None:
    for file in ("README", "README.txt", "why.md", ".policies.toml.swp", ".DS_Store"):
        center.write(file, "late_minutes = 20")

    assert center.load() == shipped


@pytest.mark.parametrize(
    "file",
    [
        "polices.toml",
        "Policies.toml",
        "module_x.toml",
        "module-Robotics.toml",
        "module-.txt",
        "policies.toml.bak",
        "scenario-morning.toml",
    ],
)
def test_a_name_that_nothing_reads_is_refused(center: Center, file: str) -> None:
    center.write(file, "late_minutes = 20")

    assert center.refused() == (
        f"definitions/{file}: not the name of a definition file. Names are destinations.toml,"
        " fees.toml, irregularities.toml, policies.toml, scripts.toml, module-NAME.toml and"
        " profile-NAME.toml, with NAME in lowercase letters, digits and hyphens."
    )


SPOILED = [
    ("policies.toml", "late_minuts = 20", "late_minuts: unknown key"),
    ("policies.toml", "late_minutes = 20.5", "late_minutes: expected `int`"),
    ("policies.toml", "\nlate_minutes 20", "line 2: not TOML"),
    (
        "policies.toml",
        "late_minutes = 45",
        "late_minutes: must not be more than late_coordinator_minutes.",
    ),
    (
        "policies.toml",
        "late_coordinator_minutes = 5",
        "late_coordinator_minutes: must not be less than late_minutes.",
    ),
    (
        "policies.toml",
        'testing_windows = ["sat 08:00-16:00", "sun 16:00-08:00"]',
        'testing_windows[1]: "sun 16:00-08:00" does not close after it opens.',
    ),
    ("fees.toml", "assessment_cents = 25.00", "assessment_cents: expected `int`"),
    ("fees.toml", "price = 25", "price: unknown key."),
    ("scripts.toml", 'end = "Bye {name}"', "end: {name} is not a placeholder here."),
    (
        "scripts.toml",
        '[[announcements]]\nminutes = 3\ntext = "{time}"',
        "announcements[0].text: {time} is not a placeholder here.",
    ),
    (
        "scripts.toml",
        '[[announcements]]\nminutes = 3\ntext = "A"\n' * 2,
        "announcements[1].minutes: 3 appears twice.",
    ),
    ("irregularities.toml", ROBOT_CODE * 2, "code[1].id: ENV-ROBOT appears twice."),
    (
        "irregularities.toml",
        ROBOT_CODE.replace("= 2", "= 3"),
        "code[0].validity: ENV-ROBOT has severity 3, which always withholds the score.",
    ),
    ("irregularities.toml", "code = []", "code: expected `array` of length >= 1."),
    ("module-x.toml", module_file(items=0), "items: expected `int` >= 1."),
    ("module-x.toml", 'id = "x"', "name: missing."),
    (
        "module-x.toml",
        module_file(alias="mfg processes"),
        'aliases: "mfg processes" also names the module "production".',
    ),
]


@pytest.mark.parametrize(
    ("file", "text", "sentence"), SPOILED, ids=[one[2] for one in SPOILED]
)
def test_an_error_names_the_centers_own_file(
    center: Center, file: str, text: str, sentence: str
) -> None:
    center.write(file, text)

    assert center.refused().startswith(f"definitions/{file}, {sentence}")


def test_two_files_of_the_center_cannot_define_the_same_module(center: Center) -> None:
    center.write("module-a.toml", module_file())
    center.write("module-b.toml", module_file())

    assert center.refused() == (
        'definitions/module-b.toml, id: "robotics" is the id of another module.'
    )


def test_a_replacement_that_takes_anothers_name_is_the_one_at_fault(
    center: Center,
) -> None:
    center.write(
        "module-safety.toml", module_file("safety", alias="mpp", replaces=True)
    )

    assert center.refused() == (
        'definitions/module-safety.toml, aliases: "mpp" also names the module'
        ' "production".'
    )


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "definitions"
    own.write_text("late_minutes = 20")

    with pytest.raises(BadDefinition) as caught:
        load_definitions(own=own)

    assert caught.value.fault == f"{own}: cannot be read (Not a directory)."


def test_a_link_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "definitions"
    own.symlink_to(tmp_path / "stick")

    with pytest.raises(BadDefinition) as caught:
        load_definitions(own=own)

    assert caught.value.fault == f"{own}: cannot be read (No such file or directory)."


def test_a_data_directory_that_cannot_be_is_not_the_definitions_fault(
    tmp_path: Path, shipped: Definitions
) -> None:
    (tmp_path / "file").write_text("")

    assert load_definitions(own=tmp_path / "file" / "definitions") == shipped


def test_a_folder_where_a_file_should_be_is_refused(center: Center) -> None:
    (center.folder / "policies.toml").mkdir()

    assert center.refused().startswith("definitions/policies.toml: cannot be read (")


def test_another_encoding_is_named_with_its_line(center: Center) -> None:
    (center.folder / "fees.toml").write_bytes(b"\n# caf\xe9\n")

    assert center.refused() == "definitions/fees.toml, line 2: not UTF-8."


def test_a_byte_order_mark_is_no_fault(center: Center) -> None:
    (center.folder / "policies.toml").write_bytes(b"\xef\xbb\xbflate_minutes = 20\n")

    assert center.load().policies.late_minutes == 20


def test_all_that_comes_from_the_center_is_listed_with_its_file(center: Center) -> None:
    center.write("policies.toml", "late_minutes = 20\nlead_seals = false\n")
    center.write("irregularities.toml", ROBOT_CODE)
    center.write(
        "scripts.toml", 'end = "Stop."\n[[announcements]]\nminutes = 1\ntext = "One!"\n'
    )
    center.write("module-robotics.toml", ROBOTICS)

    assert center_overrides(center.folder) == {
        "modules": {"robotics": "definitions/module-robotics.toml"},
        "policies": {
            "late_minutes": "definitions/policies.toml",
            "lead_seals": "definitions/policies.toml",
        },
        "irregularities": {"code ENV-ROBOT": "definitions/irregularities.toml"},
        "scripts": {
            "end": "definitions/scripts.toml",
            "announcements 1": "definitions/scripts.toml",
        },
    }
