"""Facts about one candidate (stream `candidate/<participant id>`)."""

from cptkiosk.domain.events import Fact, fact
from cptkiosk.domain.values import Personal


@fact("person-registered.v1")
class PersonRegistered(Fact):
    """Somebody was registered to be assessed."""

    participant_id: str
    family_name: Personal
    given_name: Personal
    birth_date: Personal


@fact("person-changed.v1")
class PersonChanged(Fact):
    """The roster or the coordinator corrected who this is."""

    participant_id: str
    family_name: Personal
    given_name: Personal
    birth_date: Personal


@fact("module-registered.v1")
class ModuleRegistered(Fact):
    """The candidate was registered for a module."""

    participant_id: str
    module_id: str
    user_code: str = ""
    factor_permille: int = 1000
    paid: bool | None = None


@fact("registration-changed.v1")
class RegistrationChanged(Fact):
    """User code, extra time or payment of a registration changed."""

    participant_id: str
    module_id: str
    user_code: str = ""
    factor_permille: int = 1000
    paid: bool | None = None
