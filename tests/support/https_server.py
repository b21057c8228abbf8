"""An HTTPS server of the standard library that keeps the promise, and breaks down."""

import base64
import datetime
import hashlib
import ipaddress
import json
import random
import socket
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cptkiosk.domain.destinations import DestinationSettings

TOKEN = "hunter2-token"  # noqa: S105 # a test's own
YEAR = datetime.timedelta(days=365)


class Authority:
    """A certificate authority of the test, and servers' certificates by it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
        self.ca_file = folder / "ca.pem"
        now = datetime.datetime.now(datetime.UTC)
        made = (
            self._builder(
                self._name, self._key.public_key(), now - YEAR, now + 2 * YEAR
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
            .sign(self._key, hashes.SHA256())
        )
        self.ca_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def _builder(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePublicKey,
        begins: datetime.datetime,
        ends: datetime.datetime,
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
        )

    def certify(
        self, years_ahead: int = 0, address: str = "127.0.0.1"
    ) -> ssl.SSLContext:
        """Return what a server with a certificate of some year shows."""
        key = ec.generate_private_key(ec.SECP256R1())
        begins = datetime.datetime.now(datetime.UTC) + (years_ahead - 0.5) * YEAR
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        alternative = x509.IPAddress(ipaddress.ip_address(address))
        made = (
            self._builder(name, key.public_key(), begins, begins + YEAR)
            .add_extension(x509.SubjectAlternativeName([alternative]), False)
            .sign(self._key, hashes.SHA256())
        )
        path = self._folder / f"server{years_ahead}{address}.pem"
        path.write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


@dataclass
class Faults:
    """How often the server breaks down, each of 1 in all; the rest goes well."""

    drop: float = 0.0
    """Cut before anything is read."""

    busy: float = 0.0
    """503."""

    cut: float = 0.0
    """Stored, and the answer is cut off."""

    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def choose(self) -> str:
        drawn = self.chance.random()
        for name in ("drop", "busy", "cut"):
            drawn -= getattr(self, name)
            if drawn < 0:
                return name
        return ""


class HttpsServer:
    """Stores a file once for each key, in memory, and says so."""

    def __init__(self, context: ssl.SSLContext, faults: Faults | None = None) -> None:
        self.stored: dict[str, tuple[str, bytes]] = {}
        self.headers: list[dict[str, str]] = []
        self.faults = faults or Faults()
        self.answer = ""
        """What it answers instead of a receipt, if anything."""

        self.encoding = ""
        """How it says that its answers are packed, if it does."""

        self.code = 0
        """With which code it refuses everything, if any."""
        self.requests = 0
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner.handle(self)

            def do_POST(self) -> None:
                owner.handle(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign] # cut connections are what it is for
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def settings(self, authority: Authority, token_file: Path) -> DestinationSettings:
        """Return what a center needs to deliver here."""
        return DestinationSettings(
            name="office",
            kind="https",
            where=f"https://127.0.0.1:{self.port}/bundles",
            secret_file=str(token_file),
            ca_file=str(authority.ca_file),
            timeout_s=20,
        )

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request, or break down."""
        with self._lock:
            self.requests += 1
            fault = self.faults.choose()
        if fault == "drop":
            _cut(request)
            return
        data = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            _reply(request, 401, "who are you?")
        elif fault == "busy" or self.code:
            _reply(request, self.code or 503, "not now")
        elif request.command == "GET":
            _reply(request, 204, "")
        else:
            code, said = self._store(request, data)
            if fault == "cut":
                _cut(request)
            else:
                _reply(request, code, self.answer or said, self.encoding)

    def _store(self, request: BaseHTTPRequestHandler, data: bytes) -> tuple[int, str]:
        key = request.headers["Idempotency-Key"]
        digest = hashlib.sha256(data).hexdigest()
        given = base64.b64encode(bytes.fromhex(digest)).decode()
        if request.headers["Content-Digest"] != f"sha-256=:{given}:":
            return 400, "damaged on the way"
        with self._lock:
            self.headers.append(dict(request.headers))
            before = self.stored.setdefault(key, (digest, data))
            count = len(self.stored)
        if before[0] != digest:
            return 409, "another file"
        code = 200 if before[1] is not data else 201
        return code, json.dumps({"key": key, "sha256": digest, "position": count})


def _reply(
    request: BaseHTTPRequestHandler, code: int, text: str, encoding: str = ""
) -> None:
    request.send_response(code)
    if encoding:
        request.send_header("Content-Encoding", encoding)
    request.send_header("Content-Length", str(len(text)))
    request.end_headers()
    request.wfile.write(text.encode())


def _cut(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True
    request.connection.shutdown(socket.SHUT_RDWR)
