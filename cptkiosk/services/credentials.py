"""A candidate's credential progress, from their attempts on record."""

from cptkiosk.desk import Desk
from cptkiosk.domain.people.credentials import CredentialProgress, Passed, sum_passes
from cptkiosk.ledger import queries


def progress_of(desk: Desk, participant_id: str) -> CredentialProgress:
    """Return which certificates a candidate has earned and what is to go."""
    past = [
        (one, Passed(one.module_id, desk.local_date(one.start_utc_ms)))
        for one in queries.past_attempts(desk.ledger, participant_id)
        if one.passed and one.start_utc_ms is not None
    ]
    return sum_passes(
        [passed for one, passed in past if one.counts],
        desk.definitions.modules,
        renewal_years=desk.definitions.policies.renewal_years,
        withdrawn=[passed for one, passed in past if one.is_withdrawn],
    )
