"""What goes wrong with a PostgreSQL server, as sentences: what, what is safe, what next.

While connecting there is no code, only text of the client library or of the server, in
English unless its administrator chose otherwise; what is not recognized is quoted.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cptkiosk.domain.text import visible

LONGEST = 200

LOGIN_REFUSED = (
    "{where} refused the password of {user}. {safe} Check the password in the settings"
    " or in the password file (PGPASSFILE)."
)
NOT_ALLOWED = "{where} does not let {user} in ({detail}). {safe} Ask its administrator for access."
UNREACHABLE = (
    "{where} cannot be reached. {safe} Check the network and the name of the server,"
    " then try again."
)
CERTIFICATE = (
    "The certificate of {server} was not accepted: it has expired, is for another name,"
    " or comes from an unknown authority. {safe} Check this computer's date, then ask"
    " the server's administrator."
)
NO_AUTHORITY = (
    "The certificate of {server} cannot be checked: no authority is set. {safe} Name the"
    " authority's certificate: ca_file in the settings, or sslrootcert in the address."
)
OWN_CERTIFICATE = (
    "{where} did not accept this computer's certificate, for example because it has"
    " expired. {safe} Ask the administrator for a new one."
)
NO_ENCRYPTION = (
    "{where} does not encrypt the connection. {safe} Ask the server's administrator to"
    " turn on TLS."
)
NO_DATABASE = (
    "{where} has no database of that name. {safe} Check the name in the settings."
)
NOT_READY = "{where} is not ready ({detail}). {safe} Try again in a few minutes."
READ_ONLY = (
    "{where} only reads: it is a standby, or no primary is up. {safe} Try again in a"
    " few minutes, or ask its administrator."
)
NO_SCHEMA = (
    "{where} has no inbox of cptkiosk in this database. {safe} The office runs"
    ' "cptkiosk central init" first.'
)
NO_PERMISSION = (
    "{user} may not do this on {server} ({detail}). {safe} Ask its administrator for"
    " permission."
)
FULL = "The disk of {server} is full. {safe} Ask its administrator to free some space."
BROKEN_OFF = "The connection to {server} was lost. {safe} Try again."
OTHER = (
    "{where} reported an error ({detail}). {safe} Try again, or ask its administrator."
)

CONNECTING = (
    ("password authentication failed", LOGIN_REFUSED),
    ("no password supplied", LOGIN_REFUSED),
    ("certificate verify failed", CERTIFICATE),
    ("does not match host name", CERTIFICATE),
    ("root certificate file", NO_AUTHORITY),
    ("alert certificate", OWN_CERTIFICATE),
    ("alert unknown ca", OWN_CERTIFICATE),
    ("does not support ssl", NO_ENCRYPTION),
    ("no pg_hba.conf entry", NOT_ALLOWED),
    ("authentication failed", NOT_ALLOWED),
    ("not permitted to log in", NOT_ALLOWED),
    ("permission denied for database", NOT_ALLOWED),
    ("session is read-only", READ_ONLY),
    ("not accept read-write", READ_ONLY),
    ("hot standby", READ_ONLY),
    ("starting up", NOT_READY),
    ("shutting down", NOT_READY),
    ("recovery mode", NOT_READY),
    ("too many", NOT_READY),
    ("remaining connection slots", NOT_READY),
)
"""What the client library and the server say where they give no code, and what it means."""

UNREACHED = (
    *("resolve host", "translate host", "connection refused", "timeout"),
    *("no route to host", "unreachable", "no such file", "connection reset"),
)
WORKING = {
    "42P01": NO_SCHEMA,
    "3F000": NO_SCHEMA,
    "42501": NO_PERMISSION,
    "25006": READ_ONLY,
    "53100": FULL,
    "53300": NOT_READY,
    "57014": NOT_READY,
    "57P01": BROKEN_OFF,
    "57P02": BROKEN_OFF,
    "57P03": NOT_READY,
}
"""What a code of the server (SQLSTATE) means, by its five characters."""


@dataclass(frozen=True, slots=True)
class ServerNames:
    """What the sentences about a server name."""

    where: str
    user: str
    safe: str

    @classmethod
    def from_words(cls, words: Mapping[str, object], safe: str) -> "ServerNames":
        """Return the names that a connection string gives."""
        host = words.get("host") or words.get("hostaddr") or words.get("service")
        user = words.get("user")
        where = "The database server"
        if host and not str(host).startswith("/"):
            where = f"{where} {visible(str(host), LONGEST)}"
        return cls(where, visible(str(user), LONGEST) if user else "this user", safe)

    def explain_refusal(self, said: str) -> str:
        """Return why no connection came about, as a sentence."""
        lower = said.lower()
        fatal = lower.partition("fatal:")[2]
        if "does not exist" in fatal:
            absent = 'database "' in fatal
            return self._fill(NO_DATABASE if absent else NOT_ALLOWED, said)
        for part, sentence in CONNECTING:
            if part in lower:
                return self._fill(sentence, said)
        if any(part in lower for part in UNREACHED):
            return self._fill(UNREACHABLE, said)
        return self._fill(OTHER, said)

    def explain_error(self, error: Exception) -> str:
        """Return what went wrong while a connection was used, as a sentence."""
        code = getattr(error, "sqlstate", None)
        # Without a code it was not the server that spoke.
        sentence = BROKEN_OFF if code is None else WORKING.get(code, OTHER)
        return self._fill(sentence, str(error))

    def _fill(self, sentence: str, said: str) -> str:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        detail = (
            lines[0].rpartition("FATAL:")[2].strip() if lines else "no reason given"
        )
        return sentence.format(
            where=self.where,
            server=f"{self.where[:1].lower()}{self.where[1:]}",
            user=self.user,
            safe=self.safe,
            detail=visible(detail, LONGEST),
        )
