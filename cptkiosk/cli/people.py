"""`person`, `credentials`: what is known of candidates, and what they have earned."""

from argparse import Namespace
from collections.abc import Iterable
from typing import Any

from cptkiosk.cli.open_record import actor, paths_of, the_desk
from cptkiosk.cli.output import format_table, pick_fields, print_answer
from cptkiosk.cli.statement_json import statement_json
from cptkiosk.desk import Desk
from cptkiosk.domain.people.credentials import Passed
from cptkiosk.domain.rules.candidate_rules import DecideTwoPeople, ForgetPerson
from cptkiosk.domain.state.candidate import Registration
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.time.timing import UNTIMED
from cptkiosk.domain.values import plural
from cptkiosk.ledger import queries
from cptkiosk.reports.files import left_beside
from cptkiosk.reports.person_card import card_text
from cptkiosk.services.people import Card, Sitting, Standing, card_of, list_standings
from cptkiosk.words import explain_why

IMPORT = 'To import a roster, run "cptkiosk roster import".'


def list_people(options: Namespace) -> int:
    """List everyone who is registered."""
    with the_desk(options, read_only=True) as desk:
        found = queries.list_people(desk.ledger)
    rows = [
        (
            one.participant_id,
            one.family_name,
            one.given_name,
            format_date(one.birth_date) or "-",
        )
        for one in found
    ]
    names = ("participant_id", "family_name", "given_name", "birth_date")
    return print_answer(
        options,
        {"people": [pick_fields(one, *names) for one in found]},
        format_table(("id", "last name", "first name", "born"), rows)
        if found
        else f"No one is registered yet. {IMPORT}",
    )


def forget_person(options: Namespace) -> int:
    """Remove the personal details of a candidate."""
    with the_desk(options) as desk:
        known = desk.candidate(options.person)
        names = (known.family_name.text, known.given_name.text)
        command = ForgetPerson(participant_id=options.person, reason=options.because)
        gone = desk.candidates.forget(command, actor())
        left = left_beside(paths_of(options).root, names, options.person)
    lines = [
        f"Removed the personal details of {options.person}: {plural(gone, 'text')}."
    ]
    if known.forgotten:
        lines = [
            f"The personal details of {options.person} were removed earlier. The"
            " files were cleaned again."
        ]
    if left.naming:
        lines.append(
            "These files next to the record may still contain the name. Delete them:"
        )
    lines += [f"  {path}" for path in left.naming]
    if left.unread:
        lines.append("These files could not be read. Check them for the name:")
    lines += [f"  {path}" for path in left.unread]
    facts = {
        "texts": gone,
        "files": [str(path) for path in left.naming],
        "unread": [str(path) for path in left.unread],
    }
    return print_answer(options, facts, *lines)


def record_two_people(options: Namespace) -> int:
    """Record that two IDs are two people."""
    with the_desk(options) as desk:
        desk.perform(
            DecideTwoPeople(
                participant_id=options.person,
                other=options.other,
                reason=options.because,
            ),
            actor(),
        )
    facts = {"participant_id": options.person, "other": options.other}
    words = f"{options.person} and {options.other} are on record as two people."
    return print_answer(options, facts, words)


def show_person(options: Namespace) -> int:
    """Show what is on record of one candidate."""
    with the_desk(options, read_only=True) as desk:
        card = card_of(desk, options.person)
        words = card_text(card, desk.center, desk.definitions).rstrip("\n")
        return print_answer(options, _card_json(desk, card), words)


def _card_json(desk: Desk, card: Card) -> dict[str, Any]:
    who = card.candidate
    (standing,) = list_standings(desk, participant_id=who.participant_id)
    return {
        **pick_fields(who, "participant_id", "person"),
        "birth_date": who.birth_date.text,
        "consent_given_by": who.consent.text if who.consent else "",
        "registrations": [
            _registration_json(one) for one in who.registrations.values()
        ],
        "attempts": [_attempt_json(one) for one in card.sittings],
        "credentials": _standing_json(standing),
        "fees": statement_json(card.statement),
        "namesakes": [
            {
                "other": one.other,
                "of_staff": one.of_staff,
                "two_people": reason.text if reason else "",
            }
            for one, reason in who.namesakes.items()
        ],
        "conflicts": [
            {"staff_id": staff_id, "relation": relation}
            for staff_id, relation in who.conflicts.items()
            if relation
        ],
    }


def _registration_json(one: Registration) -> dict[str, Any]:
    return {
        **pick_fields(one, "module_id", "user_code", "code_expires"),
        **pick_fields(one, "stop_clock", "paid"),
        "factor_permille": one.time_permille,
        "untimed": one.time_permille == UNTIMED,
    }


def _attempt_json(one: Sitting) -> dict[str, Any]:
    attempt = one.attempt
    # The first keying stays unseen until the second agrees.
    verified = attempt.score.state is ScoreState.VERIFIED
    return {
        **pick_fields(one, "session_id", "date", "progress"),
        **pick_fields(attempt, "attempt_id", "settled", "official", "validity"),
        **pick_fields(attempt, "void_reference", "counts", "continues", "carried_ms"),
        "module_id": attempt.module.module_id,
        "score_state": attempt.score.state.value,
        "raw_min": attempt.score.raw_min if verified else None,
        "raw_max": attempt.score.raw_max if verified else None,
        "passed": attempt.has_passed if verified else None,
    }


def list_credentials(options: Namespace) -> int:
    """Show the certificates that candidates have earned."""
    with the_desk(options, read_only=True) as desk:
        found = list_standings(
            desk,
            participant_id=options.person,
            course=options.course,
            year=options.school_year,
        )
        policies = desk.definitions.policies
        ids = {module.name: module.id for module in desk.definitions.modules}
    facts = {
        "program": policies.program_of_study,
        "course": options.course,
        "school_year": options.school_year,
        "credentials": [
            pick_fields(one, "participant_id", "person") | _standing_json(one)
            for one in found
        ],
    }
    if not found and options.school_year:
        words = f"No one passed a module in {options.school_year}."
        return print_answer(options, facts, words)
    if not found:
        return print_answer(options, facts, f"No registration matches. {IMPORT}")
    title = (policies.program_of_study, options.school_year, options.course)
    header = ("ID", "person", "certificates", "withdrawn", "remaining", "full CPT")
    rows = [
        (
            one.participant_id,
            one.person,
            _module_ids(one.certificates),
            _module_ids(one.withdrawn),
            ", ".join(ids[name] for name in one.to_go) or "-",
            _way_text(one),
        )
        for one in found
    ]
    about = ", ".join(filter(None, title))
    return print_answer(options, facts, about, format_table(header, rows))


def _way_text(one: Standing) -> str:
    way = one.progress
    count = f"{way.core_passed} of {way.core_count}"
    return explain_why(way.reason) if way.eligible_on else count


def _module_ids(passed: Iterable[Passed]) -> str:
    return ", ".join(one.module_id for one in passed) or "-"


def _standing_json(one: Standing) -> dict[str, Any]:
    way = one.progress
    return {
        "certificates": _passes_json(one.certificates),
        "withdrawn": _passes_json(one.withdrawn),
        **pick_fields(way, "core_passed", "core_count", "eligible_on", "renew_by"),
        "to_go": list(one.to_go),
    }


def _passes_json(passed: Iterable[Passed]) -> list[dict[str, object]]:
    return [pick_fields(one, "module_id", "date") for one in passed]
