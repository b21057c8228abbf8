"""The action line: `7,12 credit 6m alarm` into commands, and what could be typed next.

People are named by seat (`A1`, `204/A1`), by the number of the seat counted row by row
(`7`), by participant ID or by part of a name; `all` is everyone whose clock runs.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from cptkiosk.domain.commands.base import STAND_IN, AboutAttempt, SessionCommand
from cptkiosk.domain.commands.checkin import ArriveLate, ExpectLate, TakeSeat
from cptkiosk.domain.commands.halt import HaltSession, UndoHalt
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.commands.mistake import PutBack, ReplaceOutcome, UndoStep
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    BeginPause,
    EndBreak,
    EndEarly,
    EndPause,
    FinishAttempt,
    GiveCredit,
    IssueSheets,
    NoteVendorClock,
)
from cptkiosk.domain.rules.duties import DUTIES
from cptkiosk.domain.rules.duty import Duty
from cptkiosk.domain.rules.mistakes import REALLY
from cptkiosk.domain.state.attempt import NEVER_STARTED, Attempt, AttemptProgress
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.text import fold_text
from cptkiosk.domain.time.timing import read_span
from cptkiosk.domain.values import Refused
from cptkiosk.ui.actions import Build, Verb

REASONS = (
    "alarm", "computer restarted", "ill", "network lost", "noise", "screen froze",
)  # fmt: skip
"""What is offered as a reason; anything else may be typed."""

SPANS = ("1m", "2m", "5m", "10m")
"""What is offered as a time to give back; any other may be typed."""

EVERYBODY = "all"
NUMBER = re.compile(r"\d{1,3}")
NAME_WORD = re.compile(r"[^\W\d_]+")


def _words(rest: Sequence[str], what: str = "reason") -> str:
    if not rest:
        raise Refused("word-missing", what=what)
    return " ".join(rest)


def _span_ms(rest: Sequence[str]) -> int:
    ms = read_span(rest[0]) if rest else None
    if ms is None:
        raise Refused("span-missing")
    return ms


def _credit(about: AboutAttempt, rest: Sequence[str]) -> SessionCommand:
    return GiveCredit(**about, credit_ms=_span_ms(rest), reason=_words(rest[1:]))


def _log(duty: Duty) -> Build:
    return lambda about, _: duty.rule.command(session_id=about["session_id"])


def _end(outcome: str) -> Build:
    return lambda about, rest: EndEarly(**about, outcome=outcome, reason=_words(rest))


def _outcome(about: AboutAttempt, rest: Sequence[str]) -> SessionCommand:
    outcome = rest[0].lower() if rest else ""
    if outcome and outcome not in REALLY:
        raise Refused("outcome-unknown", outcome=rest[0], choices=REALLY)
    return ReplaceOutcome(**about, outcome=outcome, reason=" ".join(rest[1:]))


def _sheets(about: AboutAttempt, rest: Sequence[str]) -> SessionCommand:
    if not rest:
        return IssueSheets(**about)
    if len(rest) > 1 or not (rest[0].isascii() and rest[0].isdigit()):
        raise Refused("sheets-unclear")
    return IssueSheets(**about, count=int(rest[0][:3]))


def _seat(about: AboutAttempt, rest: Sequence[str]) -> SessionCommand:
    room, _, seat = _words(rest, "seat").rpartition("/")
    return TakeSeat(**about, room=room, seat=seat.upper())


def _unhalt(about: AboutAttempt, rest: Sequence[str]) -> SessionCommand:
    number, words = 0, rest
    if rest and rest[0].isascii() and rest[0].isdigit():
        number, words = int(rest[0]), rest[1:]
    session_id, reason = about["session_id"], _words(words)
    return UndoHalt(session_id=session_id, number=number, reason=reason)


def _about(make: Callable[..., SessionCommand], *, takes: str = "") -> Build:
    """Return what makes a command about someone; the rest is what it `takes`, if any."""
    if not takes:
        return lambda about, _: make(**about)
    return lambda about, rest: make(**about, **{takes: _words(rest)})


VERBS = (
    Verb("break", _about(BeginBreak)),
    Verb("back", _about(EndBreak)),
    Verb("pause", _about(BeginPause, takes="reason"), wants="reason"),
    Verb("go", _about(EndPause)),
    Verb("credit", _credit, wants="span"),
    Verb("finish", _about(FinishAttempt)),
    Verb("vendor", lambda a, r: NoteVendorClock(**a, vendor_left_ms=_span_ms(r)), wants="clock"),
    Verb("seat", _seat, wants="seat", one_only=True),
    Verb("sheets", _sheets, wants="count"),
    Verb("late", _about(ExpectLate)),
    Verb("arrived", _about(ArriveLate)),
    Verb("withdraw", _end("withdrawn"), wants="reason", asks=True),
    Verb("dismiss", _end("dismissed"), wants="reason", asks=True),
    Verb("interrupt", _end("interrupted"), wants="reason", asks=True),
    Verb("restore", _about(PutBack, takes="reason"), wants="reason", asks=True),
    Verb("outcome", _outcome, wants="outcome", asks=True),
    Verb("note", lambda a, r: TakeNote(**a, text=_words(r, "remark")), wants="text"),
    *(Verb(one.verb, _log(one), about_people=False) for one in DUTIES),
    Verb("halt", lambda a, r: HaltSession(session_id=a["session_id"], reason=_words(r)),
         about_people=False, wants="reason", asks=True),
    Verb("undo", lambda a, _: UndoStep(session_id=a["session_id"], here_only=True),
         about_people=False),
    Verb("unhalt", _unhalt, about_people=False, wants="reason", asks=True),
)  # fmt: skip
BY_WORD = {one.word: one for one in VERBS}
BY_WORD["resume"] = BY_WORD["go"]
"""The verbs by every word for them."""


@dataclass(frozen=True, slots=True)
class TypedAction:
    """What a line means."""

    verb: Verb
    people: tuple[Attempt, ...]
    commands: tuple[SessionCommand, ...]


def read_line(line: str, session: Session) -> TypedAction:
    """Return what a line means; nothing is done by that.

    Raises:
        Refused: if it cannot be understood, with what would be.
    """
    words = line.strip().removeprefix(":").split()
    if not words:
        raise Refused("nothing-typed")
    at = _verb_at(words, session)
    if at is None:
        known = ", ".join(BY_WORD)
        raise Refused("no-action", line=line.strip(), known=known)
    who, verb, rest = _who(words[:at]), BY_WORD[words[at].lower()], words[at + 1 :]
    if not verb.about_people or (not who and verb.word == "note"):
        about = AboutAttempt(session_id=session.session_id, attempt_id="")
        return TypedAction(verb, (), (verb.build(about, rest),))
    if not who and verb.word == "go" and session.stage is Stage.HALTED:
        raise Refused("resume-after-roll-call")
    if not who:
        raise Refused("verb-needs-name", verb=words[at].lower())
    people = tuple(_people(who, session))
    if not people:
        raise Refused("no-clock-runs")
    made = (verb.build(session.about(one), rest) for one in people)
    return TypedAction(verb, people, tuple(made))


def fill_command(command: SessionCommand, session: Session) -> SessionCommand:
    """Return a command as its form could still be filled in, to be judged by the rules.

    Which outcome and which time it is are asked for: the same outcome may have had
    another time, so here stands an outcome that nothing else speaks against.
    """
    if not isinstance(command, ReplaceOutcome):
        return command
    standing = session.attempts[command.attempt_id].standing
    other = (
        AttemptProgress.DENIED
        if standing is AttemptProgress.ABSENT
        else AttemptProgress.ABSENT
    )
    return replace(command, outcome=other, reason=STAND_IN)


def as_seen(action: TypedAction, seen: Session) -> TypedAction:
    """Return an action whose commands say what was on the screen as it was typed."""
    commands = tuple(
        replace(one, seen_credit_ms=seen.attempts[one.attempt_id].credit_ms)
        if isinstance(one, GiveCredit) and one.attempt_id in seen.attempts
        else one
        for one in action.commands
    )
    return replace(action, commands=commands)


def _verb_at(words: Sequence[str], session: Session) -> int | None:
    """Return where the verb is: names before it may be of several words.

    A verb of which someone has the name is theirs if another verb follows: in
    'Go break', where someone is called Go. What stands in quotes is no verb.
    """
    places = list(_verb_places(words))
    names = {
        fold_text(word)
        for one in session.attempts.values()
        for word in NAME_WORD.findall(one.person.text)
    }
    for at in reversed(places[1:]):
        said_before = (words[place] for place in places if place < at)
        if all(fold_text(word) in names for word in said_before):
            with suppress(Refused):
                if list(_people(_who(words[:at]), session)):
                    return at
    return next(iter(places), None)


def _verb_places(words: Sequence[str]) -> Iterator[int]:
    quoted = False
    for at, word in enumerate(words):
        if not quoted and word.lower() in BY_WORD:
            yield at
        if word.count('"') % 2:
            quoted = not quoted


def _who(words: Sequence[str]) -> str:
    return " ".join(words).replace('"', "")


def _people(who: str, session: Session) -> Iterator[Attempt]:
    if who.lower() == EVERYBODY:
        yield from session.live_attempts
        return
    people = session.attempts.values()
    whole = [one for one in people if fold_text(who) == fold_text(one.person.text)]
    if len(whole) == 1:
        # 'Chen, Li' is one person, not two.
        yield whole[0]
        return
    seen: set[str] = set()
    for part in filter(None, map(str.strip, who.split(","))):
        for one in _find_named(part, session):
            if one.attempt_id not in seen:
                seen.add(one.attempt_id)
                yield one


def _find_named(part: str, session: Session) -> tuple[Attempt, ...]:
    people = session.attempts.values()
    labels = {label for room in session.rooms for label in room.seat_labels()}
    seats = [part]
    if NUMBER.fullmatch(part):
        seats = [
            room.seat_labels()[int(part) - 1]
            for room in session.rooms
            if 0 < int(part) <= len(room.seat_labels())
        ]
    elif "-" in part and set(part.upper().split("-")) <= labels:
        order = [label for room in session.rooms for label in room.seat_labels()]
        first, last = (order.index(one) for one in part.upper().split("-"))
        seats = order[first : last + 1]
        found = [one for one in people if one.seat in seats]
        if found:
            return tuple(found)
    found = [one for one in people if _sits(one, seats)]
    found = found or [one for one in people if one.participant_id == part]
    named = [one for one in people if fold_text(part) in fold_text(one.person.text)]
    began = [one for one in named if one.standing not in NEVER_STARTED]
    found = found or began or named
    if len(found) == 1:
        return tuple(found)
    if found:
        names = ", ".join(session.label(one) for one in found[:3])
        raise Refused("name-ambiguous", part=part, names=names)
    raise Refused("name-unknown", part=part)


def _sits(attempt: Attempt, seats: Sequence[str]) -> bool:
    wanted = {one.upper() for one in seats}
    full = f"{attempt.room}/{attempt.seat}".upper()
    return bool(attempt.seat) and bool({attempt.seat, full} & wanted)


def completions(line: str, session: Session) -> tuple[str, ...]:
    """Return what the last word of a line could become, the likeliest first."""
    words = line.removeprefix(":").split()
    last = "" if not words or line.endswith(" ") else words.pop()
    if not words:
        _, _, part = last.rpartition(",")
        prefix = last[: len(last) - len(part)]
        people = [one.seat for one in session.attempts.values() if one.seat]
        names = [
            one.person.text.partition(",")[0]
            for one in session.attempts.values()
            if " " not in one.person.text.partition(",")[0]
        ]
        who = [*sorted(people), *sorted(names), EVERYBODY]
        verbs = [] if prefix else list(BY_WORD)
        # A capital begins a seat or a name.
        options = [*who, *verbs] if part[:1].isupper() else [*verbs, *who]
        found = _beginning(part, options)
        return tuple(f"{prefix}{one}" for one in found)
    at = _verb_at(words, session)
    if at is None:
        return _beginning(last, list(BY_WORD))
    verb = BY_WORD[words[at].lower()]
    if verb.wants == "seat":
        taken = [one.seat for one in session.attempts.values() if one.seat]
        free = [seat for _, seat in session.free_seats()]
        return _beginning(last, [*free, *sorted(taken)])
    if verb.wants == "outcome":
        return _beginning(last, REALLY) if at == len(words) - 1 else ()
    if verb.wants == "span" and at == len(words) - 1:
        return _beginning(last, SPANS)
    if verb.wants in {"reason", "span"}:
        return _beginning(last, REASONS)
    return ()


def _beginning(part: str, options: Sequence[str]) -> tuple[str, ...]:
    wanted = fold_text(part)
    return tuple(
        dict.fromkeys(one for one in options if fold_text(one).startswith(wanted))
    )
