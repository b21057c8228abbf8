"""One session, folded from its entries as section 5 of docs/format.md says."""

import copy
from collections.abc import Iterable
from typing import Any

REOPENS = {
    "user_code": {"user-code", "name", "eligible"}, "paid": {"eligible"},
    "factor_permille": {"accommodations", "eligible"},
    "stop_clock": {"accommodations", "eligible"},
}  # fmt: skip
GATES = {
    "photo-id", "name", "eligible", "agreement", "belongings", "accommodations",
    "scratch", "seat", "user-code",
}  # fmt: skip
NEVER_STARTED = {"absent", "denied", "cancelled"}

Some = dict[str, Any]


class Session:
    """One session, folded from its entries in the order of their versions."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.people: dict[str, Some] = {}
        self.offsets: dict[str, int] = {}
        self.halts: list[list[Any]] = []
        self.stage, self.ended, self.revision = "planned", 0, 0
        self.start: int | None = None
        self.before: Session | None = None
        self.since: list[Some] = []
        self.first: Session | None = None
        self.all_since: list[Some] = []
        self.unbridged, self.stopped_by_reboot = 0, False

    def add(self, entry: Some) -> None:
        """Fold one entry in."""
        body = entry["event"]
        kind = entry["kind"].partition(".")[0]
        now = entry["at_utc_ms"]
        if entry["boot_id"] in self.offsets:
            now = entry["at_boot_ms"] + self.offsets[entry["boot_id"]]
        person = self.people.get(body.get("attempt_id", ""))
        if kind == "attempt-assigned":
            self.people[body["attempt_id"]] = assigned(body, person)
        elif kind in STEPS and person is not None:
            before = copy.deepcopy(person)
            STEPS[kind](person, body, now)
            person["undo"] = before
        elif kind in OTHERS and person is not None:
            OTHERS[kind](self, person, body, now)
        else:
            self.stage = STAGES.get(kind, self.stage)
            if kind == "session-ended":
                self.ended = entry["at_utc_ms"]
            if kind in WHOLE:
                WHOLE[kind](self, body, now)
        if self.before is not None:
            self.since.append(entry)
        if self.first is not None:
            self.all_since.append(entry)

    def named(self, name: Some) -> tuple[str, str]:
        """Return whom a commitment is about, and the text as far as it is kept."""
        return name["about"], self.texts.get(name["sha256"], "(forgotten)")

    def start_all(self, body: Some, now: int) -> None:
        self.start = body["start_utc_ms"]
        self.offsets = {body["boot_id"]: body["start_utc_ms"] - body["start_boot_ms"]}
        named = body.get("attempt_ids") or [
            name for name, one in self.people.items() if one["standing"] == "seated"
        ]
        for name, one in self.people.items():
            one["undo"] = None
            if name in named:
                one.update(standing="testing", start_utc_ms=self.start)

    def undo_start(self, body: Some, now: int) -> None:
        self.start, self.offsets = None, {}
        for one in self.people.values():
            if one["start_utc_ms"] is not None:
                one.update(standing="seated", start_utc_ms=None)

    def cancel(self, body: Some, now: int) -> None:
        for one in self.people.values():
            kept = body.get("outcomes_kept") and one["standing"] in NEVER_STARTED
            if not kept:
                one.update(standing="cancelled", undo=None)

    def affect(self, body: Some, now: int) -> None:
        """Lower the validity that an irregularity lowers; never raise it."""
        effect = {"flag": "flagged", "withhold": "withheld"}.get(body["validity"])
        for name in set(body["attempt_ids"]) - set(body.get("spared", ())):
            if name in self.people and effect is not None:
                lower(self.people[name], effect)

    def bridge(self, body: Some, now: int) -> None:
        """Go on after a reboot, keeping what a comparison may have to correct."""
        if self.first is None:
            self.all_since = []
            self.first = copy.deepcopy(self)
        if not self.unbridged:
            self.before, self.since = None, []
            self.before = copy.deepcopy(self)
        self.stopped_by_reboot |= not body["usable"] and self.stage == "running"
        self.unbridged += not body["usable"]
        self.offsets[body["boot_id"]] = body["offset_ms"]

    def confirm(self, body: Some, now: int) -> None:
        """Fold what was recorded since the reboot again, on the corrected line."""
        if body.get("shares_ms"):
            self.confirm_each(list(body["shares_ms"]))
            return
        guess = self.stopped_by_reboot and self.unbridged > 1
        again, since = self.before or self, self.since
        correction = body["correction_ms"]
        for entry in map(copy.deepcopy, since):
            if entry["kind"] == "boot-bridged.v1":
                entry["event"]["offset_ms"] += correction
            if entry["kind"] == "session-halted.v1":
                entry["event"]["since_line_ms"] += 0 if guess else correction
                guess = False
            again.add(entry)
        self.__dict__.update(again.__dict__)
        self.compared()

    def confirm_each(self, shares: list[int]) -> None:
        """Fold again what was recorded since the first reboot not compared."""
        again, since, by = self.first or self, self.all_since, 0
        for entry in map(copy.deepcopy, since):
            if entry["kind"] == "boot-bridged.v1":
                by += shares.pop(0)
                entry["event"]["offset_ms"] += by
            if entry["kind"] == "session-halted.v1":
                entry["event"]["since_line_ms"] += by
            again.add(entry)
        self.__dict__.update(again.__dict__)
        self.compared()

    def compared(self) -> None:
        """Know of no reboot that was not compared."""
        self.before, self.since, self.first, self.all_since = None, [], None, []
        self.unbridged, self.stopped_by_reboot = 0, False

    def undo_halt(self, body: Some, now: int) -> None:
        """Take a halt away; one that had not ended is over."""
        _, ended = self.halts.pop(body["number"] - 1)
        if ended is None:
            self.stage = "running"

    def row(self, one: Some) -> Some:
        """Return what the table `attempt` says of somebody."""
        allowed = 24 * 3_600_000
        if one["factor_permille"]:
            allowed = one["minutes"] * 60_000 * one["factor_permille"] // 1000
        if one["carried_ms"] is not None:
            allowed = one["carried_ms"]
        allowed += one["credit_ms"]
        begin, end, left = one["start_utc_ms"], one["end_utc_ms"], 0
        if end is not None:
            stopped = union(one["stops"] + self.halts, begin, end)
            left = allowed - (max(0, end - begin) - stopped)
        return {**one, **judged(one), "allowed_ms": allowed, "left_ms": left}


def union(intervals: list[list[Any]], begin: int, end: int) -> int:
    """Return the milliseconds of begin..end that at least one interval covers."""
    total, reached = 0, begin
    for first, last in sorted(intervals, key=lambda interval: interval[0]):
        low, high = max(first, reached), end if last is None else min(last, end)
        if high > low:
            total, reached = total + high - low, high
    return total


def close(intervals: list[list[Any]], now: int) -> None:
    if intervals and intervals[-1][1] is None:
        intervals[-1][1] = now


SERIOUS = ["clean", "flagged", "withheld", "void"]


def lower(one: Some, to: str) -> None:
    """Lower the validity, and what it would be without a dismissal."""
    one["validity"] = max(one["validity"], to, key=SERIOUS.index)
    if one["undismissed"] is not None:
        one["undismissed"] = max(one["undismissed"], to, key=SERIOUS.index)


def assigned(body: Some, known: Some | None) -> Some:
    """Return a new attempt; of one that had been taken off the roll some things stay."""
    one = {
        "standing": "expected", "late": False, "room": "", "seat": "", "gates": {},
        "start_utc_ms": None, "end_utc_ms": None, "stops": [], "credit_ms": 0,
        "score_state": "none", "score": (None, None, ""), "contradicted": {},
        "settled": "", "was_verified": False, "report": None, "validity": "clean", "undismissed": None, "undo": None, "carried_ms": None,
        "continues": "", "paid": None, "stop_clock": False, **body, **body["module"],
    }  # fmt: skip
    if known is not None:
        one["validity"] = known["validity"]
        one["gates"] = {g: "" for g in known["gates"] if g == "scratch"}
    return one


# Steps: what the next step-undone takes back.


def passed(one: Some, gates: Iterable[str]) -> None:
    one["gates"].update(dict.fromkeys(gates, ""))
    if one["standing"] in {"expected", "late-expected", "checked-in"}:
        still = GATES - set(one["gates"])
        if not still or still == {"seat"}:
            one["standing"] = "checked-in" if still else "seated"


def take_seat(one: Some, body: Some, now: int) -> None:
    passed(one, ["seat"])
    one.update(room=body["room"], seat=body["seat"])


def leave(standing: str) -> Any:
    def step(one: Some, body: Some, now: int) -> None:
        one.update(standing=standing, room="", seat="")
        if standing == "absent":
            one["gates"].pop("seat", None)

    return step


def expect_late(one: Some, body: Some, now: int) -> None:
    one.update(standing="late-expected", late=False)


def give_credit(one: Some, body: Some, now: int) -> None:
    one["credit_ms"] += body["credit_ms"]


def arrive(one: Some, body: Some, now: int) -> None:
    late = body.get("late", True)
    one.update(standing="late-expected" if late else "expected", late=late)


def finish(one: Some, body: Some, now: int) -> None:
    one["standing"] = body.get("outcome", "finished")
    one["end_utc_ms"] = None if one["start_utc_ms"] is None else now
    close(one["stops"], now)
    if body.get("withholds"):
        before = one["validity"]
        lower(one, "withheld")
        one["undismissed"] = before


def correct_score(one: Some, body: Some, now: int) -> None:
    key_score(one, body, now, "corrected")


def key_score(one: Some, body: Some, now: int, first: str = "entered") -> None:
    low, high = body["raw_min"], body["raw_max"]
    said = body.get("vendor_verdict") or one["contradicted"].get((low, high), "")
    if one["score_state"] in {"entered", "corrected"}:
        same = one["score"] == (low, high, said)
        if body.get("agrees"):
            same = True
            one["score"] = (low, high, one["score"][2] or said)
        one["score_state"] = "verified" if same else "mismatch"
        one["was_verified"] |= same
    else:
        one.update(score_state=first, score=(low, high, said))
    one["settled"] = ""
    low, high, said = one["score"]
    counted = one["score_state"] in {"entered", "corrected", "verified"}
    if counted and said and (said == "pass") != holding(one):
        one["contradicted"] = {**one["contradicted"], (low, high): said}


def explain(one: Some, body: Some, now: int) -> None:
    one.update(score_state=body["state"], score=(None, None, ""), settled="")


def report(one: Some, body: Some, now: int) -> None:
    if body.get("keyed"):
        first = "corrected" if one["was_verified"] else "entered"
        key_score(one, body, now, first)
    said = body.get("vendor_verdict", "")
    one["report"] = (body["raw_min"], body["raw_max"], said)
    if not body.get("keyed") and differs_from_report(one):
        one["settled"] = ""


def differs_from_report(one: Some) -> bool:
    """Return whether the official report has another score, or another verdict."""
    if one["report"] is None:
        return False
    if one["score_state"] != "verified":
        return one["score_state"] in {"pending", "not applicable"}
    (low, high, _), (least, most, said) = one["score"], one["report"]
    other = said != "" and (said == "pass") != holding(one)
    return bool(other or low > most or least > high)


def holding(one: Some) -> bool:
    """Return whether the verdict that holds is a pass."""
    if one["settled"] == "vendor":
        said = one["report"][2] if one["report"] else ""
        return bool((said or one["score"][2]) == "pass")
    return bool(one["score"][0] * 100 >= one["cut_percent"] * one["items"])


STEPS: dict[str, Any] = {
    "attempt-cancelled": leave("cancelled"),
    "attempt-denied": leave("denied"),
    "attempt-absent": leave("absent"),
    "gates-passed": lambda one, body, now: passed(one, body["gates"]),
    "gate-waived": lambda one, body, now: passed(one, [body["gate"]]),
    "seat-taken": take_seat,
    "attempt-expected-late": expect_late,
    "late-arrival": arrive,
    "pause-began": lambda one, body, now: one["stops"].append([now, None]),
    "pause-ended": lambda one, body, now: close(one["stops"], now),
    "credit-given": give_credit,
    "attempt-finished": finish,
    "attempt-ended-early": finish,
    "score-keyed": key_score,
    "score-corrected": correct_score,
    "score-explained": explain,
    "code-released": lambda one, body, now: None,
    "official-reported": report,
    **dict.fromkeys(
        (
            "gate-failed",
            "sheets-issued",
            "break-began",
            "break-ended",
            "vendor-clock-noted",
        ),
        lambda one, body, now: None,
    ),
}

# What is about one attempt and is no step.


def update(session: Session, one: Some, body: Some, now: int) -> None:
    body = {"paid": None, "stop_clock": False, **body}
    again: set[str] = set()
    if session.named(one["person"]) != session.named(body["person"]):
        again |= {"photo-id", "name"}
    for key, gates in REOPENS.items():
        if one[key] != body[key]:
            again |= gates
    reopened = again & set(one["gates"])
    one["gates"] = {gate: "" for gate in one["gates"] if gate not in again}
    if reopened and one["standing"] in {"seated", "checked-in"}:
        one["standing"] = "checked-in"
        if "photo-id" in again:
            one["standing"] = "late-expected" if one["late"] else "expected"
    undo = one["undo"] if one["standing"] in NEVER_STARTED else None
    if undo is not None:
        update(session, undo, body, now)
    one.update(body, undo=undo)


def take_back(session: Session, one: Some, body: Some, now: int) -> None:
    if one["undo"] is not None:
        kept = ("validity", "contradicted", "undismissed", "was_verified")
        stays = {key: one[key] for key in kept}
        before = one["undo"]
        if before["undismissed"] is None and one["undismissed"] is not None:
            stays.update(validity=one["undismissed"], undismissed=None)
        one.clear()
        one.update(before, **stays)


def start_late(session: Session, one: Some, body: Some, now: int) -> None:
    since = body.get("since_line_ms")
    begin = now if since is None else since
    one.update(standing="testing", start_utc_ms=begin, undo=None, late=True)


def decide(session: Session, one: Some, body: Some, now: int) -> None:
    """Take over `validity`, or `uphold` as `settled`."""
    one["settled"] = body.get("uphold", one["settled"])
    if "validity" in body:
        one.update(validity=body["validity"], undismissed=None)
    one["undo"] = None


def put_back(session: Session, one: Some, body: Some, now: int) -> None:
    """Strike an outcome out that the coordinator took back."""
    if one["undismissed"] is not None:
        one.update(validity=one["undismissed"], undismissed=None)
    one["undo"] = None
    if one["start_utc_ms"] is not None:
        one.update(standing="testing", end_utc_ms=None, settled=one["settled"])
        one.update(score_state="none", score=(None, None, ""))
        return
    one["gates"].pop("seat", None)
    expected = "late-expected" if one["late"] else "expected"
    one["standing"] = "late-expected" if body.get("expected_late") else expected
    if not body.get("expected_late"):
        passed(one, [])


def replace_outcome(session: Session, one: Some, body: Some, now: int) -> None:
    """Let another outcome hold, with its own clock or with none."""
    if one["undismissed"] is not None:
        one.update(validity=one["undismissed"], undismissed=None)
    if body.get("withholds"):
        before = one["validity"]
        lower(one, "withheld")
        one["undismissed"] = before
    begin, end = body.get("start_line_ms"), body.get("end_line_ms")
    one.update(standing=body["outcome"], start_utc_ms=begin, end_utc_ms=end, undo=None)
    if body["outcome"] != body["was"]:
        one.update(score_state="none", score=(None, None, ""))
    if begin is None:
        one.update(room="", seat="")
        one["gates"].pop("seat", None)


OTHERS: dict[str, Any] = {
    "attempt-updated": update,
    "step-undone": take_back,
    "outcome-corrected": put_back,
    "outcome-replaced": replace_outcome,
    "late-start": start_late,
    "discrepancy-settled": decide,
    "validity-decided": decide,
}

WHOLE: dict[str, Any] = {
    "session-started": Session.start_all,
    "start-undone": Session.undo_start,
    "session-halted": lambda session, body, now: session.halts.append(
        [body["since_line_ms"], None]
    ),
    "session-resumed": lambda session, body, now: close(session.halts, now),
    "session-abandoned": lambda session, body, now: close(session.halts, now),
    "session-sealed": lambda session, body, now: setattr(
        session, "revision", body["revision"]
    ),
    "session-cancelled": Session.cancel,
    "irregularity-recorded": Session.affect,
    "boot-bridged": Session.bridge,
    "halt-undone": Session.undo_halt,
    "room-clock-confirmed": Session.confirm,
}
STAGES = {
    "check-in-opened": "check-in", "session-started": "running",
    "start-undone": "check-in", "session-halted": "halted", "session-ended": "ended",
    "session-resumed": "running", "session-reopened": "running",
    "session-sealed": "sealed", "session-amended": "ended",
    "session-cancelled": "cancelled", "session-abandoned": "abandoned",
}  # fmt: skip


def judged(one: Some) -> Some:
    """Return what a score comes to."""
    state, (low, high, said) = one["score_state"], one["score"]
    ours = None
    if state in {"entered", "corrected", "verified"}:
        ours = low * 100 >= one["cut_percent"] * one["items"]
    differs = ours is not None and said != "" and not one["settled"]
    differs = differs and (said == "pass") != ours
    if ours is not None and not one["settled"]:
        differs = differs or differs_from_report(one)
    holds = None if ours is None else holding(one)
    counts = state == "verified" and holds is True and not differs
    return {
        "raw_min": low, "raw_max": high, "vendor_verdict": said, "passed": holds,
        "counts": counts and one["validity"] not in {"withheld", "void"},
        "discrepancy": differs,
    }  # fmt: skip
