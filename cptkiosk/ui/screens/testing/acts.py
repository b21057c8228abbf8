"""What the keys of the testing screen do to the people who are marked."""

from collections.abc import Callable

from cptkiosk.domain.commands import testing as c
from cptkiosk.domain.commands.base import STAND_IN, SessionCommand
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.values import plural
from cptkiosk.ui.action_line import BY_WORD, TypedAction
from cptkiosk.ui.actions import Commands
from cptkiosk.ui.dialogs.action_bar import carry_out
from cptkiosk.ui.dialogs.beyond_window import ask_or_say_why, start_late, with_reason
from cptkiosk.ui.dialogs.testing import ask_pause
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.navigator import Route

NOBODY = "No one is on the attendance list."


def first_chosen(screen: SessionScreen) -> Attempt:
    """Return the first of those whom a key acts on, where there is someone."""
    chosen = screen.selected_attempts
    assert chosen, "somebody is on the roll"
    return chosen[0]


def lacks_people(screen: SessionScreen) -> str:
    """Return that there is no one to act on, if so."""
    return "" if screen.selected_attempts else NOBODY


def lacks_one(screen: SessionScreen) -> str:
    """Return that there is not one person alone to act on, if so."""
    count = len(screen.selected_attempts)
    if count > 1:
        return f"This works on one person; {count} are marked. Press Esc to unmark."
    return "" if count else NOBODY


def lacks_alike(
    screen: SessionScreen, state: str, is_so: Callable[[Attempt], bool]
) -> str:
    """Return that a key would let some go and bring others back, if so."""
    chosen = screen.selected_attempts
    if len(set(map(is_so, chosen))) > 1:
        return f"Some of the {len(chosen)} marked are {state}, some are not."
    return "" if chosen else NOBODY


def lacks_late(screen: SessionScreen) -> str:
    """Return that no one here comes late, if so."""
    if lacking := lacks_one(screen):
        return lacking
    attempt = first_chosen(screen)
    if attempt.standing is AttemptProgress.SEATED or attempt.progress_waiting:
        return ""
    progress = screen.view.progress(attempt)
    return f"{screen.person(attempt)} is {display_term(progress)}, not late."


def break_command(screen: SessionScreen, attempt: Attempt) -> SessionCommand:
    """Return what the key for a break asks for someone."""
    verb = BY_WORD["back" if attempt.on_break else "break"]
    return verb.command(screen.about(attempt))


def pause_command(screen: SessionScreen, attempt: Attempt) -> SessionCommand:
    """Return what the key for a pause asks for someone."""
    verb = BY_WORD["go" if attempt.is_paused else "pause"]
    return with_reason(verb.command(screen.about(attempt)), STAND_IN)


def _for_all(screen: SessionScreen, word: str) -> None:
    """Do what a word of the action line does to everyone who is marked."""
    verb, people = BY_WORD[word], screen.selected_attempts
    commands = tuple(verb.command(screen.about(one)) for one in people)
    carry_out(screen, TypedAction(verb, people, commands))


def take_break(screen: SessionScreen) -> None:
    """Let people out, or back in."""
    people = screen.selected_attempts
    one, name = people[0], screen.person(people[0])
    if len(people) > 1:
        _for_all(screen, "back" if one.on_break else "break")
    elif one.on_break:
        screen.post_command(break_command(screen, one), f"{name}: back from break")
    else:
        out = sum(other.on_break for other in screen.session.attempts.values())
        others = (
            f"; {plural(out, 'other person is', 'other people are')} also out"
            if out
            else ""
        )
        screen.post_command(
            break_command(screen, one), f"{name}: break started{others}"
        )


def pause_clock(screen: SessionScreen) -> None:
    """Stop these clocks alone, or let them run on."""
    one = first_chosen(screen)
    if not one.is_paused:
        ask_pause(screen, screen.selected_attempts)
    elif len(screen.selected_attempts) > 1:
        _for_all(screen, "go")
    else:
        ask_or_say_why(
            screen,
            c.EndPause(**screen.about(one)),
            f"{screen.person(one)}: clock resumed",
            "Continue past the testing window",
        )


def finish_attempts(screen: SessionScreen) -> None:
    """Record that the test screen shows submitted."""
    _for_all(screen, "finish")


def take_late(screen: SessionScreen, attempt: Attempt) -> None:
    """Start the clock of someone who is seated late; else check them in first."""
    seated = attempt.standing is AttemptProgress.SEATED
    start = c.StartLate(**screen.about(attempt), beyond_window=STAND_IN)
    reason = screen.why_refused(start) if seated else ""
    if seated and not reason:
        start_late(screen, attempt)
        return
    screen.kiosk.navigator.go_to(
        Route.CHECK_IN, screen.session_id, attempt.attempt_id, instead=False
    )
    if reason:
        screen.kiosk.status.say(reason, "error")


def of_each(
    make: Callable[[SessionScreen, Attempt], SessionCommand],
) -> Callable[[SessionScreen], Commands]:
    """Return a function that lists the commands of a key, one for each person."""
    return lambda screen: [make(screen, one) for one in screen.selected_attempts]


def of_each_by(word: str) -> Callable[[SessionScreen], Commands]:
    """Return a function that lists the commands of a key with a word of the action line."""
    return of_each(
        lambda screen, one: with_reason(
            BY_WORD[word].command(screen.about(one)), STAND_IN
        )
    )
