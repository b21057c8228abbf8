"""The views: the record as a stranger with SQLite reads it, described in docs/format.md.

SQLite knows no time zones, so a view finds the center's distance from UTC in the table
`utc_offset`. A view is never changed in place: a file is compared with what its version
of the format has. Another column is another migration, which drops the view first.
"""

from typing import Final

UTC_OFFSET: Final = """
CREATE TABLE utc_offset (
    from_utc_ms INTEGER PRIMARY KEY,
    offset_s    INTEGER NOT NULL
) STRICT;
"""
"""From each change of the center's clock on, the seconds by which it is ahead of UTC."""


def _utc_text(milliseconds: str) -> str:
    """Return SQL for a time in UTC: 2026-11-05T14:00:00Z."""
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', {milliseconds} / 1000, 'unixepoch')"


def _local_text(milliseconds: str, pattern: str = "%Y-%m-%dT%H:%M:%S") -> str:
    """Return SQL for the same time as the center's clock showed it."""
    offset_s = (
        f"(SELECT offset_s FROM utc_offset WHERE from_utc_ms <= {milliseconds}"
        " ORDER BY from_utc_ms DESC LIMIT 1)"
    )
    return f"strftime({pattern!r}, {milliseconds} / 1000 + {offset_s}, 'unixepoch')"


def _local_date(milliseconds: str) -> str:
    """Return SQL for the date on which that was at the center."""
    return _local_text(milliseconds, "%Y-%m-%d")


def _both_times(name: str, milliseconds: str) -> str:
    """Return SQL for two columns, NAME_utc and NAME_local."""
    return f"{_utc_text(milliseconds)} AS {name}_utc, {_local_text(milliseconds)} AS {name}_local"


_BEGUN = "coalesce(attempt.start_utc_ms, session.starts_at_utc_ms)"
_OPENED = "coalesce(start_utc_ms, starts_at_utc_ms)"

VIEWS: Final = f"""
CREATE VIEW results AS SELECT
    session_id, attempt_id, participant_id AS person_id, person AS name,
    module_id AS module, edition, {_local_date(_BEGUN)} AS date, room, seat,
    standing AS outcome, {_both_times("started", "attempt.start_utc_ms")},
    {_both_times("ended", "attempt.end_utc_ms")},
    CASE WHEN end_utc_ms IS NOT NULL THEN (allowed_ms - left_ms) / 1000 END AS used_s,
    score_state, CASE WHEN score_state = 'verified' THEN raw_min END AS score,
    CASE WHEN score_state = 'verified' THEN raw_max END AS score_max,
    items, cut_percent, CASE WHEN score_state = 'verified' THEN
        CASE passed WHEN 1 THEN 'pass' WHEN 0 THEN 'not pass' END END AS result,
    validity, counts, continues
FROM attempt JOIN session USING (session_id);
CREATE VIEW sessions AS SELECT
    session_id, title, stage, {_local_date(_OPENED)} AS date,
    {_both_times("planned", "starts_at_utc_ms")}, {_both_times("started", "start_utc_ms")},
    {_both_times("ended", "nullif(ended_utc_ms, 0)")},
    modules, rooms, people AS attempts, revision, bundles
FROM session;
CREATE VIEW people AS SELECT
    participant_id AS person_id, family_name, given_name, birth_date, consent,
    (SELECT group_concat(module_id) FROM registration
        WHERE registration.participant_id = person.participant_id) AS registered
FROM person;
CREATE VIEW irregularities AS SELECT
    irregularity_id, session_id, code, severity, scope, attempts,
    {_local_date("happened_at_utc_ms")} AS date, {_both_times("happened", "happened_at_utc_ms")},
    minutes_lost, validity AS effect, observed, action_taken, supersedes,
    EXISTS (SELECT 1 FROM irregularity AS later
        WHERE later.supersedes = irregularity.irregularity_id) AS superseded
FROM irregularity;
CREATE VIEW fees AS SELECT
    json_extract(body, '$.participant_id') AS person_id,
    json_extract(body, '$.item') AS item,
    json_extract(body, '$.amount_cents') / 100.0 AS dollars,
    json_extract(body, '$.how') AS how, text AS reference,
    {_local_date("at_utc_ms")} AS date, {_both_times("recorded", "at_utc_ms")}
FROM entry LEFT JOIN personal
    ON commitment = json_extract(body, '$.reference.sha256')
WHERE kind = 'fee-settled.v1' AND stream > 'candidate/' AND stream < 'candidate0'
UNION ALL SELECT participant_id, module_id || '-1', NULL, 'paid', 'roster',
    NULL, NULL, NULL
FROM registration WHERE paid = 1 AND NOT EXISTS (SELECT 1 FROM entry
    WHERE stream = 'candidate/' || participant_id AND kind = 'fee-settled.v1'
    AND json_extract(body, '$.item') = module_id || '-1');
CREATE VIEW credentials AS SELECT
    participant_id AS person_id, person AS name, module_id AS module, edition,
    {_local_date("start_utc_ms")} AS date, {_both_times("passed", "start_utc_ms")},
    session_id, attempt_id
FROM (SELECT *, row_number() OVER (
        PARTITION BY participant_id, module_id ORDER BY start_utc_ms, session_id
    ) AS number FROM attempt WHERE counts = 1 AND start_utc_ms IS NOT NULL)
WHERE number = 1;
CREATE VIEW bundles AS SELECT
    substr(written.stream, 9) AS session_id,
    json_extract(written.body, '$.revision') AS revision,
    json_extract(written.body, '$.file_name') AS file_name,
    json_extract(written.body, '$.destination') AS destination,
    json_extract(written.body, '$.sha256') AS sha256,
    {_both_times("written", "written.at_utc_ms")},
    {_both_times("received", "json_extract(receipt.body, '$.received_utc_ms')")},
    text AS received_by
FROM entry AS written LEFT JOIN entry AS receipt
    ON receipt.stream = 'upload' AND receipt.kind = 'receipt-imported.v1'
    AND json_extract(receipt.body, '$.sha256') = json_extract(written.body, '$.sha256')
LEFT JOIN personal
    ON commitment = json_extract(receipt.body, '$.received_by.sha256')
WHERE written.kind = 'bundle-written.v1'
    AND written.stream > 'session/' AND written.stream < 'session0'
UNION ALL SELECT
    json_extract(body, '$.session_id'), json_extract(body, '$.revision'),
    json_extract(body, '$.file_name'), json_extract(body, '$.destination'),
    json_extract(body, '$.sha256'),
    {_both_times("written", "at_utc_ms")},
    {_both_times("received", "at_utc_ms")}, text
FROM entry LEFT JOIN personal
    ON commitment = json_extract(body, '$.receipt.sha256')
WHERE stream = 'upload' AND kind = 'bundle-delivered.v1';
"""
