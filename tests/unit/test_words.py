"""What people read is plain American English, without words we agreed to drop."""

import re
from collections import Counter
from pathlib import Path

import pytest

from support.ratchet import differences
from support.shown_words import ROOT, list_files, python_texts, read_texts

BRITISH = re.compile(
    r"\b("
    r"(?:un|dis)?(?:colour|favour|honour|labour|neighbour|behaviour|harbour|rumour"
    r"|flavour|humour|endeavour|vapour)\w*"
    r"|\w*(?:organis|recognis|initialis|normalis|authoris|summaris|minimis|maximis"
    r"|optimis|prioritis|realis|customis|serialis|synchronis|apologis|categoris"
    r"|finalis|standardis|utilis|visualis|capitalis|emphasis|anonymis|randomis"
    r"|tokenis|memoris|localis|generalis|specialis)(?:e|ed|es|er|ers|ing|ation|ations)"
    r"|analys(?:e|ed|er|ing)|catalys(?:e|ed|ing)|paralys(?:e|ed|ing)"
    r"|centre[sd]?|metres?|litres?|theatres?|fibres?|calibre"
    r"|licences?|defences?|offences?|pretences?|practis(?:e|ed|es|ing)"
    r"|cancell(?:ed|ing)|labell(?:ed|ing)|travell(?:ed|ing|er|ers)|signall(?:ed|ing)"
    r"|modell(?:ed|ing)|levell(?:ed|ing)|channell(?:ed|ing)|fuell(?:ed|ing)"
    r"|journall(?:ed|ing)|counsell(?:ed|ing|or|ors)|marvell(?:ed|ous)|equalled"
    r"|dialled|dialling|fulfil|fulfils|enrol|enrols|enrolment\w*|instalments?"
    r"|skilful|wilful|cheques?|programmes?|grey\w*|catalogues?|dialogues?|judgement"
    r"|acknowledgements?|ageing|storey|tyres?|kerb|aeroplane|mould|plough|pyjamas"
    r"|sceptic\w*|artefacts?|manoeuvre\w*|whilst|amongst|afterwards|towards|learnt|spelt|burnt|dreamt"
    r"|spoilt|leant|maths|fortnight\w*|invigilat\w*|timetable\w*|per cent|full stop"
    r")\b",
    re.IGNORECASE,
)

DROPPED = {
    "whoever": r"\bwho(?:so)?ever\b",
    "somebody": r"\bsomebody\b",
    "anybody": r"\banybody\b",
    "nobody": r"\bnobody\b",
    "everybody": r"\beverybody\b",
    "anew": r"\banew\b",
    "for ever": r"\bfor ever\b",
    "mend": r"\bmend(?:s|ed|ing)?\b",
    "is no": r"(?<!there )\b(?:is|are|was) no (?!longer|more)\w",
    "nothing to do": r"\bnothing to do\b",
    "or nothing": r"\bor nothing\b",
    "in order": r": in order\b",
    "in force": r"\bin force\b",
    "in spite of": r"\bin spite of\b",
    "goes on": r"\b(?:goes|go|going|went) on\b",
    "left as it is": r"\bleft as it is\b",
    "as it was": r"\bis as it was\b",
    "tick": r"\btick(?:s|ed|ing)?\b",
    "stick": r"\bUSB stick|\bmemory stick|\bthe stick\b",
    "keyed once more": r"\bkeyed once more|\bkeyed again\b",
    "muster": r"\bmuster\b",
    "the roll": r"\b(?:on|off|from|to) (?:the|its|that|this) roll\b",
    "late-expected": r"\blate-expected\b",
    "let go": r"\blet (?:the open gate|it) go\b",
    "single quotes": r"(?<![\w'])'\{\}'|'cptkiosk ",
}
"""Words and phrases that we do not use, by the name that messages have for them."""

PHRASES = {name: re.compile(found, re.IGNORECASE) for name, found in DROPPED.items()}

ALLOWED = ROOT / "tests" / "data" / "allowed_words.txt"
"""Where a word stays, and why: 'file | word | reason', one a line."""

RULES = ("cptkiosk/domain/", "cptkiosk/words/")
"""Where the sentences of the rules are: counted together, as they move into words/."""

OFFENDERS = {"cptkiosk/ui": 10, "rules": 20}
"""How many are still there, by folder. They only become fewer."""


def find_words(text: str) -> list[str]:
    """Return the words and phrases of a text that we do not use."""
    found = [match[0].lower() for match in BRITISH.finditer(text)]
    for name, pattern in PHRASES.items():
        found += [name] * len(pattern.findall(text))
    return found


def folder_of(path: Path) -> str:
    """Return what a file counts for: 'rules', 'cptkiosk/ui', 'docs' or a document."""
    if path.relative_to(ROOT).as_posix().startswith(RULES):
        return "rules"
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2]) if parts[0] == "cptkiosk" else parts[0]


def read_allowed() -> set[tuple[str, str]]:
    """Return the file and the word of every exception."""
    lines = ALLOWED.read_text(encoding="utf-8").splitlines()
    rows = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    assert all(len(row) == 3 for row in rows), "an exception has no reason"
    return {(file, word) for file, word, _ in rows}


def test_nothing_people_read_has_a_british_or_dropped_word() -> None:
    allowed = read_allowed()
    needed, places = set(), []
    for path in list_files():
        file = path.relative_to(ROOT).as_posix()
        for line, text in read_texts(path):
            for word in find_words(text):
                if (file, word) in allowed:
                    needed.add((file, word))
                else:
                    places.append((folder_of(path), f"{file}:{line}: {word}"))

    over = differences(Counter(folder for folder, _ in places), OFFENDERS)
    grown = {one.partition(":")[0] for one in over}
    shown = [place for folder, place in places if folder in grown]
    assert not over, "\n".join([*over, *shown])
    assert sorted(allowed - needed) == [], "no longer needed in allowed_words.txt"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The colour of a licence", ["colour", "licence"]),
        ("The session is cancelled.", ["cancelled"]),
        ("The session is canceled, licensed and labeled.", []),
        ("Nobody is on the roll.", ["nobody", "the roll"]),
        ("The file is no roster.", ["is no"]),
        ("There is no center yet, and it is no longer here.", []),
        ("The clock goes on ticking", ["goes on", "tick"]),
    ],
)
def test_a_word_is_found_where_it_stands(text: str, found: list[str]) -> None:
    assert find_words(text) == found


def test_docstrings_are_not_shown_and_values_are_left_out() -> None:
    source = (
        '"""A colour."""\nX = f"a {1 + 1} b"\n"""Grey."""\ndef f():\n    """Grey."""\n'
    )

    assert list(python_texts(source)) == [(2, "a {} b")]
