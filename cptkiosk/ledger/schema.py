"""The tables of the file, as migrations that are applied once and recorded."""

import secrets

from sqlite_utils import Database, Migrations

from cptkiosk.ledger.entry_tree import EntryTree
from cptkiosk.ledger.file_format import APPLICATION_ID, SCHEMA_VERSION
from cptkiosk.ledger.sqlite import Connection
from cptkiosk.ledger.views import UTC_OFFSET, VIEWS
from cptkiosk.proof.fields import SECRET_BYTES

migrations = Migrations("cptkiosk")

ENTRY = """
CREATE TABLE entry (
    seq        INTEGER PRIMARY KEY CHECK (seq > 0),
    stream     TEXT    NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    at_utc_ms  INTEGER NOT NULL,
    at_boot_ms INTEGER NOT NULL,
    boot_id    TEXT    NOT NULL,
    terminal   TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    body       TEXT    NOT NULL CHECK (json_valid(body)),
    hash       TEXT    NOT NULL CHECK (length(hash) = 64),
    UNIQUE (stream, version)
) STRICT;
CREATE TRIGGER entry_is_never_updated BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entry_is_never_replaced BEFORE INSERT ON entry
WHEN EXISTS (SELECT 1 FROM entry WHERE seq = NEW.seq)
    OR EXISTS (SELECT 1 FROM entry WHERE stream = NEW.stream AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TABLE personal (
    commitment TEXT PRIMARY KEY,
    about      TEXT NOT NULL,
    salt       TEXT NOT NULL,
    text       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX personal_about ON personal (about);
CREATE TABLE head (
    seq        INTEGER PRIMARY KEY,
    hash       TEXT NOT NULL,
    signature  TEXT NOT NULL,
    public_key TEXT NOT NULL
) STRICT;
"""
SIDE = """
CREATE TABLE heartbeat (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    utc_ms  INTEGER NOT NULL,
    boot_ms INTEGER NOT NULL,
    boot_id TEXT    NOT NULL
) STRICT;
CREATE TABLE draft (
    owner TEXT NOT NULL,
    form  TEXT NOT NULL,
    body  TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (owner, form)
) STRICT, WITHOUT ROWID;
"""
PROJECTED = """
CREATE TABLE staff (
    staff_id   TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    trained_on TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE person (
    participant_id TEXT PRIMARY KEY,
    family_name    TEXT NOT NULL,
    given_name     TEXT NOT NULL,
    birth_date     TEXT NOT NULL,
    consent        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE conflict (
    participant_id TEXT NOT NULL,
    staff_id       TEXT NOT NULL,
    relation       TEXT NOT NULL,
    PRIMARY KEY (participant_id, staff_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conflict_staff ON conflict (staff_id);
CREATE TABLE registration (
    participant_id  TEXT    NOT NULL,
    module_id       TEXT    NOT NULL,
    user_code       TEXT    NOT NULL,
    factor_permille INTEGER NOT NULL,
    paid            INTEGER,
    stop_clock      INTEGER NOT NULL,
    code_expires    TEXT    NOT NULL,
    PRIMARY KEY (participant_id, module_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX registration_code ON registration (user_code);
CREATE TABLE session (
    session_id       TEXT PRIMARY KEY,
    title            TEXT    NOT NULL,
    stage            TEXT    NOT NULL,
    starts_at_utc_ms INTEGER NOT NULL,
    start_utc_ms     INTEGER,
    ended_utc_ms     INTEGER NOT NULL,
    modules          TEXT    NOT NULL,
    rooms            TEXT    NOT NULL,
    people           INTEGER NOT NULL,
    revision         INTEGER NOT NULL,
    bundles          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE attempt (
    session_id      TEXT    NOT NULL,
    attempt_id      TEXT    NOT NULL,
    participant_id  TEXT    NOT NULL,
    person          TEXT    NOT NULL,
    module_id       TEXT    NOT NULL,
    edition         TEXT    NOT NULL,
    items           INTEGER NOT NULL,
    cut_percent     INTEGER NOT NULL,
    factor_permille INTEGER NOT NULL,
    user_code       TEXT    NOT NULL,
    room            TEXT    NOT NULL,
    seat            TEXT    NOT NULL,
    standing        TEXT    NOT NULL,
    start_utc_ms    INTEGER,
    end_utc_ms      INTEGER,
    allowed_ms      INTEGER NOT NULL,
    credit_ms       INTEGER NOT NULL,
    score_state     TEXT    NOT NULL,
    raw_min         INTEGER,
    raw_max         INTEGER,
    vendor_verdict  TEXT    NOT NULL,
    passed          INTEGER,
    counts          INTEGER NOT NULL,
    validity        TEXT    NOT NULL,
    score_lacks     TEXT    NOT NULL,
    left_ms         INTEGER NOT NULL,
    continues       TEXT    NOT NULL,
    PRIMARY KEY (session_id, attempt_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_participant ON attempt (participant_id);
CREATE TABLE irregularity (
    irregularity_id    TEXT PRIMARY KEY,
    session_id         TEXT    NOT NULL,
    code               TEXT    NOT NULL,
    severity           INTEGER NOT NULL,
    scope              TEXT    NOT NULL,
    attempts           TEXT    NOT NULL,
    happened_at_utc_ms INTEGER NOT NULL,
    minutes_lost       INTEGER NOT NULL,
    validity           TEXT    NOT NULL,
    observed           TEXT    NOT NULL,
    action_taken       TEXT    NOT NULL,
    supersedes         TEXT    NOT NULL,
    missing            TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
"""
TREE = """
CREATE TABLE tree (
    place INTEGER PRIMARY KEY,
    hash  BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TABLE tree_secret (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    secret BLOB NOT NULL
) STRICT;
CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL
) STRICT;
"""


@migrations()
def first_release(db: Database) -> None:
    """Create everything that release 0.1 needs."""
    # Not executescript: that would commit what the migration is wrapped in.
    for statement in _split_statements(ENTRY + SIDE + PROJECTED):
        db.conn.execute(statement)


@migrations()
def tree_of_entries(db: Database) -> None:
    """Create the tree over the entries, with the entries that are there already."""
    for statement in _split_statements(TREE):
        db.conn.execute(statement)
    secret = secrets.token_bytes(SECRET_BYTES)
    db.conn.execute("INSERT INTO tree_secret VALUES (1, ?)", (secret,))
    (last,) = db.conn.execute("SELECT max(seq) FROM entry").fetchone()
    EntryTree(db.conn).catch_up(last or 0)


@migrations()
def views_for_strangers(db: Database) -> None:
    """Create what a person with SQLite reads instead of the program's own tables."""
    for statement in _split_statements(UTC_OFFSET + VIEWS):
        db.conn.execute(statement)


NAMES = ("first_release", "tree_of_entries", "views_for_strangers")
"""The migrations in order: a file of version N has the first N."""


def _split_statements(script: str) -> list[str]:
    statements, pending = [], ""
    for line in script.strip().splitlines():
        pending += line + "\n"
        in_trigger = "CREATE TRIGGER" in pending and "END;" not in pending
        if line.endswith(";") and not in_trigger:
            statements.append(pending)
            pending = ""
    return statements


def upgrade_schema(connection: Connection, version: int = SCHEMA_VERSION) -> None:
    """Apply the migrations that this file lacks, up to a version."""
    db = Database(connection, execute_plugins=False)
    # First, so that a kill on the way leaves a file that is known and gone on with.
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations.apply(db, stop_before=NAMES[version:])
    connection.execute(f"PRAGMA user_version = {version}")
