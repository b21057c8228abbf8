"""What people are told when the database does not do what they need."""

import ssl
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server, socket
from threading import Thread

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cptkiosk.cli.main import main
from cptkiosk.errors import ExitCode
from support.offices import Tables
from support.postgres import Cluster, free_port


def complaint(capsys: pytest.CaptureFixture[str], database: str) -> str:
    """Ask for a report, and return why there is none."""
    capsys.readouterr()
    assert main(["central", "report", "--db", database]) == ExitCode.DESTINATION
    return capsys.readouterr().err


def test_wrong_password_names_the_password_file(
    cluster: Cluster,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with psycopg.connect(cluster.uri(), autocommit=True) as admin:
        admin.execute("CREATE ROLE locked LOGIN PASSWORD 'right'")
    passwords = tmp_path / "passwords"
    passwords.write_text("*:*:*:locked:wrong\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))

    said = complaint(capsys, cluster.uri(user="locked"))
    assert "refused the password of locked" in said

    passwords.write_text("*:*:*:locked:right\n")
    assert "is not set up for cptkiosk" in complaint(capsys, cluster.uri(user="locked"))
    passwords.write_text("")
    said = complaint(capsys, cluster.uri(user="locked"))
    assert "refused the password of locked" in said


def test_unreachable_server_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()

    said = complaint(capsys, f"postgresql://office@127.0.0.1:{port}/cpt")
    assert "The database server 127.0.0.1 cannot be reached." in said

    said = complaint(capsys, "postgresql://office@db.example.invalid/cpt")
    assert "The database server db.example.invalid cannot be reached." in said


def test_one_of_several_hosts_is_enough(
    cluster: Cluster, office: str, capsys: pytest.CaptureFixture[str]
) -> None:
    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{cluster.port}"
    several = office.replace(f"127.0.0.1:{cluster.port}", hosts)

    assert main(["central", "report", "--db", several]) == ExitCode.DONE


def test_missing_database_and_missing_tables_are_told_apart(
    cluster: Cluster, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no database of that name" in complaint(capsys, cluster.uri("nowhere"))
    assert 'Run "cptkiosk central init" first' in complaint(capsys, database)


def test_database_of_another_release_is_left_alone(
    office: str, tables: Tables, capsys: pytest.CaptureFixture[str]
) -> None:
    tables.execute("INSERT INTO schema_version VALUES (9999, 1)")
    assert "by a newer release" in complaint(capsys, office)
    assert main(["central", "init", "--db", office]) == ExitCode.DESTINATION

    tables.execute("DELETE FROM schema_version WHERE version > 1")
    assert "by an older release" in complaint(capsys, office)


def test_account_without_permission_is_named(
    office: str, tables: Tables, capsys: pytest.CaptureFixture[str]
) -> None:
    tables.execute("CREATE ROLE reader LOGIN")

    said = complaint(capsys, office.replace("office@", "reader@"))

    assert "reader may not do this" in said


def test_password_on_the_command_line_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["central", "report", "--db", "postgresql://office:secret@db/cpt"]

    assert main(words) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert "PGPASSFILE" in said
    assert "secret" not in said


def test_missing_library_says_which_extra_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    said = complaint(capsys, "postgresql://office@db/cpt")

    assert "pip install 'cptkiosk[postgres]'" in said


def write_expired(folder: Path) -> Path:
    """Write a certificate that expired yesterday, with its key, and return its path."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now - timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def answer_tls(listener: socket, context: ssl.SSLContext) -> None:
    """Agree to TLS as a PostgreSQL server does, and shake hands once."""
    link, _ = listener.accept()
    with closing(link):
        link.recv(8)
        link.sendall(b"S")
        try:
            context.wrap_socket(link, server_side=True).close()
        except OSError:
            return  # the client did not like what it saw


@pytest.fixture
def expired(tmp_path: Path) -> Iterator[str]:
    """The connection string of a server whose certificate has expired."""
    path = write_expired(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = Thread(target=answer_tls, args=(listener, context))
        server.start()
        yield (
            f"host=localhost hostaddr=127.0.0.1 port={port} user=office dbname=cpt"
            f" sslmode=verify-full sslrootcert={path}"
        )
        server.join()


def test_expired_certificate_is_not_accepted(
    expired: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = complaint(capsys, expired)

    assert "The certificate of the database server localhost was not accepted" in said
