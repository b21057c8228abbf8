"""Which events there are about a session."""

from cptkiosk.domain.events.fact import EVENT_TYPES, Fact
from cptkiosk.ledger import codec

assert codec.EVENT_FILES, "they fill EVENT_TYPES"

OTHER_FILES = ("candidate", "center", "receipts")
"""Files of events about somebody or something else."""

SESSION_FACTS: frozenset[type[Fact]] = frozenset(
    one
    for one in EVENT_TYPES.values()
    if one.__module__.rpartition(".")[2] not in OTHER_FILES
)
