"""Fictional candidates, named so that every hard case of a real roll is among them."""

from collections.abc import Iterator
from random import Random

from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.text import clean_text

PEOPLE_MIN, PEOPLE_MAX = 2, 500
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_NAMES = {"safety": "SAF", "quality": "QLT"}

# Two of one name, accents that cannot be composed, both directions of writing, wide
# letters and quotation marks.
HARD_NAMES = (
    ("Chen", "Li"),
    ("Chen", "Li"),
    ("Alvarez", "María"),
    ("O'Brien", "Siobhán"),
    ("Fox", "Robin"),
    ("Ọ̀ṣọ́", "Adé̩bọ̀wálé"),
    ("王", "秀英"),
    ("السيد", "مريم"),
    ("כהן", "נועה"),
    ("D\u2019Angelo-Nuñez", "José María"),
    ("Nguyễn", "Thị Hồng"),
    ("김", "민준"),
)
NAME_WORLDS = (
    (
        ("Alvarez", "Brown", "Castillo", "Ferreira", "Gómez", "Hughes", "Okafor"),
        ("DeShawn", "Ana", "Keisha", "Luis", "Tyler", "Zoë", "Renée", "Marcus"),
    ),
    (
        ("Łukaszewicz", "Müller", "Søndergaard", "Horváth", "Çelik", "Þórsdóttir"),
        ("Agnieszka", "Jürgen", "Søren", "Zsófia", "I\u015f\u0131l", "Guðrún", "Renée"),
    ),
    (
        ("MacDonald", "St. John", "van der Berg", "Smith-Jones", "N'Diaye", "Li"),
        ("Aïssatou", "Anne-Marie", "J.", "Mary Jo", "Pieter", "Wei", "Xóchitl"),
    ),
    (
        ("李", "張", "陳", "劉", "佐藤", "高橋"),
        ("偉", "芳", "娜", "敏", "健太", "美咲"),
    ),
    (
        ("الخطيب", "حداد", "منصور", "לוי", "מזרחי", "פרץ"),
        ("يوسف", "ليلى", "عمر", "דוד", "רבקה", "יעל"),
    ),
)
WORLD_WEIGHTS = (8, 3, 4, 2, 2)


def make_people(count: int, seed: int) -> tuple[RegisterPerson, ...]:
    """Return what registers `count` candidates, the same ones for the same seed.

    Everyone comes with one module, the first two with Safety; some follow again with
    the other module. Who is there twice keeps the first as the module of the day.
    """
    rng = Random(seed)
    ids = rng.sample(range(900_000, 1_000_000), count)
    names = _choose_names(count, rng)
    codes = _make_codes(rng)
    made: list[RegisterPerson] = []
    for place, (number, (family, given)) in enumerate(zip(ids, names, strict=True)):
        born = f"{rng.randint(1962, 2006)}-{rng.randint(1, 12):02}"
        birth_date = f"{born}-{rng.randint(1, 28):02}"
        factor = 1500 if place % 8 == 3 else 1000
        modules = _choose_modules(place, rng)
        made += [
            RegisterPerson(
                participant_id=str(number),
                family_name=clean_text(family),
                given_name=clean_text(given),
                birth_date=birth_date,
                registration=Registration(
                    module_id,
                    f"{CODE_NAMES[module_id]}-{next(codes)}",
                    factor,
                    rng.choice((True, True, True, False, None)),
                ),
            )
            for module_id in modules
        ]
    return tuple(made)


def _choose_modules(place: int, rng: Random) -> tuple[str, ...]:
    """Return the modules of the person at `place`, the one of the day first."""
    if place < 2:
        return ("safety",)
    first = "quality" if place == 2 or rng.random() < 0.35 else "safety"
    other = "safety" if first == "quality" else "quality"
    return (first, other) if rng.random() < 0.15 else (first,)


def _choose_names(count: int, rng: Random) -> list[tuple[str, str]]:
    """Return family and given names; the hard ones first, as far as they go."""
    names = list(HARD_NAMES[:count])
    while len(names) < count:
        families, givens = rng.choices(NAME_WORLDS, WORLD_WEIGHTS)[0]
        names.append((rng.choice(families), rng.choice(givens)))
    return names


def _make_codes(rng: Random) -> Iterator[str]:
    """Yield user codes, none of them twice."""
    used: set[str] = set()
    while True:
        text = "".join(rng.choices(CODE_LETTERS, k=8))
        if text not in used:
            used.add(text)
            yield f"{text[:4]}-{text[4:]}"
