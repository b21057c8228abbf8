"""The inbox of an office as a destination of a kiosk."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import DestinationError, ExitCode
from cptkiosk.host.work_progress import ignore_progress
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.services.deliveries import list_outboxes
from cptkiosk.upload.destinations.base import Conflict, Destination
from cptkiosk.upload.destinations.kinds import open_destination
from cptkiosk.upload.outbox import Uploader
from support.center import DANA, definitions
from support.destinations import a_parcel, an_uploader, with_destinations
from support.offices import Tables, ingest, rows
from support.postgres import Cluster, free_port
from support.sessions import a_session

GRANTS = (
    "GRANT SELECT ON schema_version TO {role}",
    "GRANT INSERT (delivery_key, site_code, session_id, revision, file_name, sha256,"
    " content) ON inbox TO {role}",
    "GRANT SELECT (delivery_key, sha256, received_at) ON inbox TO {role}",
)
"""What docs/central.md gives the account of a kiosk."""


@pytest.fixture
def settings(office: str, tables: Tables) -> Iterator[DestinationSettings]:
    """The office as a destination, by an account with a kiosk's permissions."""
    role = f"k{office[-12:]}"
    tables.execute(f"CREATE ROLE {role} LOGIN".encode())
    for one in GRANTS:
        tables.execute(one.format(role=role).encode())
    yield DestinationSettings(
        "office", "postgres", office.replace("office@", f"{role}@")
    )
    tables.execute(f"DROP OWNED BY {role}".encode())
    tables.execute(f"DROP ROLE {role}".encode())


@pytest.fixture
def inbox(settings: DestinationSettings) -> Destination:
    return open_destination(settings)


def test_delivery_is_in_the_inbox_and_the_receipt_has_the_servers_time(
    inbox: Destination, tables: Tables
) -> None:
    delivered = inbox.deliver(a_parcel(), ignore_progress)

    receipt = json.loads(delivered.receipt)
    ((received_at, content),) = rows(tables, "SELECT received_at, content FROM inbox")
    assert not delivered.already
    assert receipt["received_at"] == received_at.isoformat()
    assert (receipt["sha256"], content) == (a_parcel().sha256, b"bundle")


def test_same_file_again_is_a_success_and_another_one_a_conflict(
    inbox: Destination, tables: Tables
) -> None:
    first = inbox.deliver(a_parcel(), ignore_progress)

    again = inbox.deliver(a_parcel(), ignore_progress)
    with pytest.raises(Conflict, match="already has another file"):
        inbox.deliver(a_parcel(b"changed"), ignore_progress)

    assert (again.already, again.receipt) == (True, first.receipt)
    assert rows(tables, "SELECT content FROM inbox") == [(b"bundle",)]


def test_a_delivery_does_not_wait_for_ever_for_a_table_that_is_locked(
    office: str, settings: DestinationSettings, tables: Tables
) -> None:
    hurried = open_destination(replace(settings, timeout_s=1))
    with psycopg.connect(office) as holder:
        holder.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(DestinationError, match=r"is not ready .*in the queue"):
            hurried.deliver(a_parcel(), ignore_progress)

    assert not hurried.deliver(a_parcel(), ignore_progress).already


def test_account_of_a_kiosk_sees_nothing_else(settings: DestinationSettings) -> None:
    with psycopg.connect(settings.where, autocommit=True) as connection:
        for query in (
            b"SELECT content FROM inbox",
            b"SELECT * FROM attempts",
            b"UPDATE inbox SET state = 'accepted'",
            b"DELETE FROM inbox",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(query)


def test_delivery_that_the_server_could_not_order_is_made_again(
    inbox: Destination, tables: Tables
) -> None:
    tables.execute(
        b"CREATE SEQUENCE tries;"
        b" CREATE FUNCTION give_up_twice() RETURNS trigger LANGUAGE plpgsql"
        b" SECURITY DEFINER AS $$ BEGIN"
        b" IF nextval('tries') < 3 THEN"
        b" RAISE EXCEPTION 'restart transaction' USING ERRCODE = '40001'; END IF;"
        b" RETURN NEW; END $$;"
        b" CREATE TRIGGER give_up_twice BEFORE INSERT ON inbox"
        b" FOR EACH ROW EXECUTE FUNCTION give_up_twice()"
    )

    delivered = inbox.deliver(a_parcel(), ignore_progress)

    assert not delivered.already
    assert rows(tables, "SELECT nextval('tries'), count(*) FROM inbox") == [(4, 1)]


def test_dry_run_leaves_nothing_behind(inbox: Destination, tables: Tables) -> None:
    assert "accepts bundles" in inbox.test()
    assert rows(tables, "SELECT * FROM inbox") == []


def test_dry_run_says_what_would_fail(
    settings: DestinationSettings, cluster: Cluster, tables: Tables
) -> None:
    role = settings.where.partition("//")[2].partition("@")[0]
    tables.execute(f"REVOKE INSERT ON inbox FROM {role}".encode())
    with pytest.raises(DestinationError, match="may not do this"):
        open_destination(settings).test()

    empty = replace(settings, where=cluster.uri())
    with pytest.raises(DestinationError, match="has no inbox of cptkiosk"):
        open_destination(empty).test()


@pytest.mark.parametrize(("version", "age"), [(2, "newer"), (0, "older")])
def test_inbox_of_another_release_is_left_alone(
    inbox: Destination, tables: Tables, version: int, age: str
) -> None:
    tables.execute(f"UPDATE schema_version SET inbox_version = {version}".encode())

    with pytest.raises(DestinationError, match=f"an? {age} release .* in the queue"):
        inbox.deliver(a_parcel(), ignore_progress)


def test_sealed_revision_goes_from_the_queue_to_the_tables_of_the_office(
    desk: Desk, office: str, settings: DestinationSettings, tables: Tables
) -> None:
    a_session(desk, 2, Stage.SEALED)
    kiosk = with_destinations(desk, settings)

    report = sealed_report(definitions())

    run = Uploader(kiosk, DANA, report).send_waiting(["office"])

    assert (len(run.sent), run.failed) == (1, [])
    assert [one.waiting for one in list_outboxes(kiosk)] == [()]
    assert rows(tables, "SELECT state, site_code FROM inbox") == [("waiting", "TN-014")]
    assert ingest(office) == ExitCode.DONE
    assert rows(tables, "SELECT count(*) FROM current_attempts") == [(2,)]


def test_revision_stays_queued_while_the_server_is_away(
    desk: Desk, settings: DestinationSettings
) -> None:
    a_session(desk, 1, Stage.SEALED)
    away = replace(settings, where=f"postgresql://k@127.0.0.1:{free_port()}/cpt")
    kiosk = with_destinations(desk, away)

    run = an_uploader(kiosk).send_waiting(["office"])

    assert "cannot be reached. The record is safe" in run.failed[0].reason
    assert len(list_outboxes(kiosk)[0].waiting) == 1


def test_password_comes_from_the_settings_secret(
    cluster: Cluster, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("wrong\n")
    secret.chmod(0o600)
    where = cluster.uri(user="locked")
    settings = DestinationSettings("office", "postgres", where, secret_file=str(secret))

    with pytest.raises(DestinationError, match="refused the password of locked"):
        open_destination(settings).test()


def test_other_computers_must_prove_who_they_are() -> None:
    settings = DestinationSettings(
        "office", "postgres", "postgresql://k@db.example.org/cpt"
    )
    inside = replace(settings, where="postgresql://k@127.0.0.1/cpt")

    words = [
        open_destination(one)._server.read_words()  # type: ignore[attr-defined] # no server needed to see it
        for one in (settings, inside)
    ]

    assert [one.get("sslmode") for one in words] == ["verify-full", None]
