"""`person show`, `credentials`: what is known of candidates, and what they have earned."""

from argparse import Namespace
from collections.abc import Iterable
from typing import Any

from cptkiosk.cli.open_record import actor, paths_of, the_desk
from cptkiosk.cli.output import format_table, say, say_json
from cptkiosk.cli.statement_json import statement_json
from cptkiosk.desk import Desk
from cptkiosk.domain.people.credentials import Passed
from cptkiosk.domain.rules.candidate_rules import DecideTwoPeople, ForgetPerson
from cptkiosk.domain.state.candidate import Registration
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.time.timing import UNTIMED
from cptkiosk.domain.values import plural
from cptkiosk.errors import ExitCode
from cptkiosk.ledger import queries
from cptkiosk.reports.files import left_beside
from cptkiosk.reports.person_card import card_text
from cptkiosk.services.people import Card, Sitting, Standing, card_of, list_standings


def run(options: Namespace) -> int:
    """Run one of the commands about people."""
    commands = {
        "person show": _show_person,
        "person list": _list_people,
        "person forget": _forget_person,
        "person two-people": _two_people,
    }
    return commands.get(options.command, _list_credentials)(options)


def _list_people(options: Namespace) -> int:
    with the_desk(options, read_only=True) as desk:
        found = queries.list_people(desk.ledger)
    if options.json:
        say_json(
            {
                "people": [
                    {
                        "participant_id": one.participant_id,
                        "family_name": one.family_name,
                        "given_name": one.given_name,
                        "birth_date": one.birth_date,
                    }
                    for one in found
                ]
            }
        )
        return ExitCode.DONE
    if not found:
        say(
            'No one is registered yet. To import a roster, run "cptkiosk roster'
            ' import".'
        )
        return ExitCode.DONE
    rows = [
        (
            one.participant_id,
            one.family_name,
            one.given_name,
            format_date(one.birth_date) or "-",
        )
        for one in found
    ]
    say(format_table(("id", "last name", "first name", "born"), rows))
    return ExitCode.DONE


def _forget_person(options: Namespace) -> int:
    with the_desk(options) as desk:
        known = desk.candidate(options.person)
        names = (known.family_name.text, known.given_name.text)
        command = ForgetPerson(participant_id=options.person, reason=options.because)
        gone = desk.forget(command, actor())
        left = left_beside(paths_of(options).root, names, options.person)
        if options.json:
            files, unread = map(str, left.naming), map(str, left.unread)
            say_json({"texts": gone, "files": list(files), "unread": list(unread)})
            return ExitCode.DONE
        if known.forgotten:
            say(
                f"The personal details of {options.person} were removed earlier. The"
                " files were cleaned again."
            )
        else:
            say(
                f"Removed the personal details of {options.person}:"
                f" {plural(gone, 'text')}."
            )
        if left.naming:
            say(
                "These files next to the record may still contain the name."
                " Delete them:"
            )
        for path in left.naming:
            say(f"  {path}")
        if left.unread:
            say("These files could not be read. Check them for the name:")
        for path in left.unread:
            say(f"  {path}")
    return ExitCode.DONE


def _two_people(options: Namespace) -> int:
    with the_desk(options) as desk:
        desk.perform(
            DecideTwoPeople(
                participant_id=options.person,
                other=options.other,
                reason=options.because,
            ),
            actor(),
        )
    if options.json:
        say_json({"participant_id": options.person, "other": options.other})
    else:
        say(f"{options.person} and {options.other} are on record as two people.")
    return ExitCode.DONE


def _show_person(options: Namespace) -> int:
    with the_desk(options, read_only=True) as desk:
        card = card_of(desk, options.person)
        if options.json:
            say_json(_card_json(desk, card))
        else:
            say(card_text(card, desk.center, desk.definitions).rstrip("\n"))
    return ExitCode.DONE


def _card_json(desk: Desk, card: Card) -> dict[str, Any]:
    who = card.candidate
    (standing,) = list_standings(desk, participant_id=who.participant_id)
    return {
        "participant_id": who.participant_id,
        "person": who.person,
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
        "module_id": one.module_id,
        "user_code": one.user_code,
        "code_expires": one.code_expires,
        "factor_permille": one.time_permille,
        "untimed": one.time_permille == UNTIMED,
        "stop_clock": one.stop_clock,
        "paid": one.paid,
    }


def _attempt_json(one: Sitting) -> dict[str, Any]:
    attempt = one.attempt
    # The first keying stays unseen until the second agrees.
    verified = attempt.score.state is ScoreState.VERIFIED
    return {
        "session_id": one.session_id,
        "attempt_id": attempt.attempt_id,
        "module_id": attempt.module.module_id,
        "date": one.date,
        "progress": one.progress.value,
        "score_state": attempt.score.state.value,
        "raw_min": attempt.score.raw_min if verified else None,
        "raw_max": attempt.score.raw_max if verified else None,
        "passed": attempt.has_passed if verified else None,
        "settled": attempt.settled,
        "official": attempt.official.value,
        "validity": attempt.validity.value,
        "void_reference": attempt.void_reference,
        "counts": attempt.counts,
        "continues": attempt.continues,
        "carried_ms": attempt.carried_ms,
    }


def _list_credentials(options: Namespace) -> int:
    with the_desk(options, read_only=True) as desk:
        found = list_standings(
            desk,
            participant_id=options.person,
            course=options.course,
            year=options.school_year,
        )
        policies = desk.definitions.policies
        ids = {module.name: module.id for module in desk.definitions.modules}
    if options.json:
        say_json(
            {
                "program": policies.program_of_study,
                "course": options.course,
                "school_year": options.school_year,
                "credentials": [
                    {
                        "participant_id": one.participant_id,
                        "person": one.person,
                        **_standing_json(one),
                    }
                    for one in found
                ],
            }
        )
        return ExitCode.DONE
    if not found:
        say(
            f"No one passed a module in {options.school_year}."
            if options.school_year
            else (
                'No registration matches. To import a roster, run "cptkiosk roster'
                ' import".'
            )
        )
        return ExitCode.DONE
    title = (policies.program_of_study, options.school_year, options.course)
    say(", ".join(filter(None, title)))
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
    say(format_table(header, rows))
    return ExitCode.DONE


def _way_text(one: Standing) -> str:
    way = one.progress
    count = f"{way.core_passed} of {way.core_count}"
    return way.text if way.eligible_on else count


def _module_ids(passed: Iterable[Passed]) -> str:
    return ", ".join(one.module_id for one in passed) or "-"


def _standing_json(one: Standing) -> dict[str, Any]:
    way = one.progress
    return {
        "certificates": _passes_json(one.certificates),
        "withdrawn": _passes_json(one.withdrawn),
        "core_passed": way.core_passed,
        "core_count": way.core_count,
        "to_go": list(one.to_go),
        "eligible_on": way.eligible_on,
        "renew_by": way.renew_by,
    }


def _passes_json(passed: Iterable[Passed]) -> list[dict[str, str]]:
    return [{"module_id": one.module_id, "date": one.date} for one in passed]
