"""After the clocks: scores keyed twice, the seal, and the bundle."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from cptkiosk.domain.commands.closing import SeeIrregularities
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.events.planning import AssignedModule
from cptkiosk.domain.rules.irregularities import is_minutes
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress
from cptkiosk.domain.state.blockers import unseen_irregularities
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.scoring import Verdict, least_passing, reaches_cut
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.values import Actor
from cptkiosk.drill.sample_center import COORDINATOR, PIN, PROCTOR
from cptkiosk.drill.simulated_proctor import DrillFailed, SimulatedProctor
from cptkiosk.host.paths import is_file
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.upload.folder import write_bundle

KEYING_MS = 6_000


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was written."""

    path: Path
    sha256: str


def key_scores(hands: SimulatedProctor, second: Actor, rng: Random) -> None:
    """Key every score, then again by someone else; one is wrong at first."""
    done = [
        one
        for one in hands.session.attempts.values()
        if one.standing is AttemptProgress.FINISHED
    ]
    shown = _vendor_scores(done, rng)
    slip = done[-1].attempt_id
    for one in done:
        right, verdict = shown[one.attempt_id]
        text = str(_mistype_score(right, one.module)) if one.attempt_id == slip else ""
        if (
            not text
            and right == least_passing(one.module.items, one.module.cut_percent) - 1
        ):
            # The score that a rounded percent makes look like a pass.
            text = f"{100 * right / one.module.items:.2f}%"
        _key_score(hands, one.attempt_id, text or str(right), verdict, hands.actor)
    for one in done:
        right, verdict = shown[one.attempt_id]
        _key_score(hands, one.attempt_id, str(right), verdict, second)
    _key_again(hands, slip, *shown[slip], second)


def _key_again(
    hands: SimulatedProctor, attempt_id: str, right: int, verdict: str, second: Actor
) -> None:
    """Settle the two keyings that differ."""
    if hands.attempt(attempt_id).score.state is not ScoreState.MISMATCH:
        raise DrillFailed("A wrong score entry was not noticed.")
    _key_score(hands, attempt_id, str(right), verdict, hands.actor)
    _key_score(hands, attempt_id, str(right), verdict, second)


def _vendor_scores(done: list[Attempt], rng: Random) -> dict[str, tuple[int, str]]:
    """Return what the test screens show: one just fails, one just passes."""
    edge = [one.attempt_id for one in done if one.module.module_id == "safety"][:2]
    shown: dict[str, tuple[int, str]] = {}
    for one in done:
        items, cut = one.module.items, one.module.cut_percent
        raw = rng.randint(items * 6 // 10, items)
        if one.attempt_id in edge:
            raw = least_passing(items, cut) - 1 + edge.index(one.attempt_id)
        verdict = "pass" if reaches_cut(raw, items, cut) else "not pass"
        shown[one.attempt_id] = (raw, verdict)
    return shown


def _mistype_score(raw: int, module: AssignedModule) -> int:
    """Return a score with its digits the wrong way round, or off by one."""
    turned = int(str(raw)[::-1])
    return turned if turned != raw and turned <= module.items else raw - 1


def _key_score(
    hands: SimulatedProctor, attempt_id: str, text: str, verdict: str, actor: Actor
) -> None:
    hands.pass_time(KEYING_MS)
    command = KeyScore(
        session_id=hands.session_id,
        attempt_id=attempt_id,
        shown=text,
        vendor_verdict=verdict,
    )
    seq = hands.desk.perform(command, actor).seq
    one = hands.attempt(attempt_id)
    name = hands.name(attempt_id)
    if one.score.state is ScoreState.ENTERED:
        hands.tell_sentence(
            f"{name}: {text} entered, {display_term(verdict)} shown", seq
        )
    elif one.score.state is ScoreState.MISMATCH:
        hands.tell_sentence(
            f"{name}: {text} entered, which differs from the first entry", seq
        )
    elif (ours := one.verdict) is not None:
        raw, items = one.score.raw_min, one.module.items
        hands.tell_sentence(
            f"{name}: {raw} of {items} verified, {_result_text(ours)}", seq
        )


def _result_text(ours: Verdict) -> str:
    if ours.distance == 0:
        return "passed by the minimum"
    word = "passed" if ours.passed else "did not pass"
    return f"{word}, {abs(ours.distance)} {'over' if ours.passed else 'short'}"


def explain_drafts(hands: SimulatedProctor) -> None:
    """Say why each thing that the kiosk found odd by itself is so."""
    definitions = hands.desk.definitions
    for found in (one.event for one in hands.session.in_force if one.event.missing):
        code = definitions.irregularity(found.code)
        known = {name: text.text for name, text in found.details}
        command = RecordIrregularity(
            session_id=hands.session_id,
            code=found.code,
            severity=found.severity,
            scope=found.scope,
            validity=found.validity,
            attempt_ids=found.attempt_ids,
            observed=f"{found.observed} {PROCTOR} went from screen to screen.",
            action_taken="Noted.",
            details=tuple(
                (one, known.get(one, "2" if is_minutes(one) else PROCTOR))
                for one in code.fields
            ),
            supersedes=found.irregularity_id,
        )
        hands.do(command, f"{code.title}: explained")


def show_reports(hands: SimulatedProctor) -> None:
    """Let the coordinator see the reports that wait for that, with a PIN in place."""
    desk = hands.desk
    reports = unseen_irregularities(hands.session, desk.center.was_coordinator)
    if not reports:
        return
    saw = tuple(one.event.irregularity_id for one in reports)
    command = SeeIrregularities(session_id=hands.session_id, saw=saw)
    seq = desk.perform(command, desk.pins.check_approver("s1", PIN, hands.actor)).seq
    hands.tell_sentence(f"{COORDINATOR} reviewed the irregularities", seq)


def seal_and_bundle(hands: SimulatedProctor, folder: Path) -> Bundle:
    """Sign the record with the PIN, and write its bundle."""

    show_reports(hands)
    sealed = hands.desk.seal(hands.session_id, hands.actor, PIN)
    hands.tell_sentence(f"sealed, signed by {PROCTOR}", sealed.seq)
    folder.mkdir(exist_ok=True)
    report = sealed_report(hands.desk.definitions)
    path, sha256, _ = write_bundle(
        hands.desk, hands.session_id, folder, hands.actor, report=report
    )
    if not is_file(path):
        raise DrillFailed(f"The bundle {path.name} was not written.")
    seq = hands.session.last_seq
    hands.tell_sentence(f"bundle written and verified: {path.name}", seq)
    return Bundle(path, sha256)
