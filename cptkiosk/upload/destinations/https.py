"""HTTPS: one request a bundle, under a key that makes sending it again harmless.

What the server promises is in docs/destinations.md: it stores a file once for each
`Idempotency-Key`, and answers with the key and the SHA-256 of what it has stored.
"""

import base64
import json
import re
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.domain.text import visible
from cptkiosk.errors import DestinationError
from cptkiosk.host.paths import expand_home, show_path
from cptkiosk.host.work_progress import ProgressCallback
from cptkiosk.upload.destinations.base import (
    SAFE,
    Conflict,
    Delivered,
    Destination,
    Parcel,
    missing_extra,
)
from cptkiosk.upload.failures import explain_failure

if TYPE_CHECKING:
    import httpx2

CHUNK_BYTES = 64 * 1024
RECEIPT_BYTES_MAX = 64 * 1024
STORED, STORED_BEFORE = 201, 200
ERROR_NUMBER = re.compile(r"\[Errno -?\d+\] ")


class Https:
    """A server that takes bundles at one address."""

    def __init__(self, settings: DestinationSettings, token: str) -> None:
        self._settings, self._token = settings, token
        self._host = urlsplit(settings.where).hostname or ""

    def deliver(self, parcel: Parcel, told: ProgressCallback) -> Delivered:
        """Send the file in one request; see `Destination`."""
        size = len(parcel.data)
        told(0, size)
        digest = base64.b64encode(bytes.fromhex(parcel.sha256)).decode()
        plain = parcel.name.endswith(".zip")
        headers = {
            "Idempotency-Key": parcel.key,
            "Content-Digest": f"sha-256=:{digest}:",
            "Content-Disposition": f'attachment; filename="{parcel.name}"',
            "Content-Type": "application/zip" if plain else "application/octet-stream",
            "Content-Length": str(size),
        }
        code, answer = self._request("POST", headers, _read_chunks(parcel.data, told))
        if code == 409:
            raise Conflict(
                f"{self._host} already has another file for r{parcel.revision} of"
                f" session {parcel.session_id}. It was not changed. {SAFE} Ask the"
                " person who runs that server which file it has."
            )
        if code not in {STORED, STORED_BEFORE}:
            raise self._refusal(code)
        receipt = self._check_receipt(parcel, answer)
        return Delivered(receipt, already=code == STORED_BEFORE)

    def test(self) -> str:
        """Ask the server whether the token is right; see `Destination`."""
        code, _ = self._request("GET", {}, None)
        if code not in {200, 204}:
            raise self._refusal(code)
        return f"{self._host} answered, its certificate is valid, and it let us in."

    def _request(
        self, method: str, headers: dict[str, str], content: Iterator[bytes] | None
    ) -> tuple[int, bytes]:
        """Return the code and the beginning of the answer.

        Raises:
            DestinationError: if there is no answer.
        """
        try:
            # Start-up time: an extra, loaded when something is sent.
            import httpx2
        except ImportError as error:
            raise missing_extra("HTTPS", "upload") from error
        if self._token:
            headers = {**headers, "Authorization": f"Bearer {self._token}"}
        timeout = float(self._settings.timeout_s)
        try:
            with (
                httpx2.Client(verify=self._make_context(), timeout=timeout) as client,
                client.stream(
                    method, self._settings.where, headers=headers, content=content
                ) as response,
            ):
                return response.status_code, _read_limited(response)
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            self._explain(error)

    def _make_context(self) -> ssl.SSLContext:
        chosen = self._settings.ca_file
        path = expand_home(chosen)
        try:
            return ssl.create_default_context(cafile=path if chosen else None)
        except (OSError, ssl.SSLError) as error:
            raise DestinationError(
                f"{show_path(path)} is not a file of certificates. {SAFE} Ask the"
                " administrator to correct destinations.toml."
            ) from error

    def _check_receipt(self, parcel: Parcel, answer: bytes) -> str:
        """Return the receipt, if it says that the server has this very file.

        Raises:
            DestinationError: if it does not.
        """
        try:
            said: Any = json.loads(answer)
            found = (str(said["key"]).lower(), str(said["sha256"]).lower())
        except (ValueError, KeyError, TypeError, RecursionError):
            found = ("", "")
        if found != (parcel.key, parcel.sha256):
            raise DestinationError(
                f"{self._host} answered, but not with a receipt for this bundle. {SAFE}"
                " Ask the person who runs that server to check its log."
            )
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return text.replace(self._token, "***") if self._token else text

    def _refusal(self, code: int) -> DestinationError:
        """Return what a code means in a sentence for a proctor."""
        names = {"host": self._host, "safe": SAFE}
        return DestinationError(
            explain_failure("https-answer", "", code=str(code), **names)
        )

    def _explain(self, error: Exception) -> NoReturn:
        """Raise what went wrong as a sentence for a proctor."""
        fault = _find_certificate_fault(error)
        if fault is None:
            reason = ERROR_NUMBER.sub("", str(error)) or type(error).__name__
            raise DestinationError(
                f"{self._host} cannot be reached, or the connection was cut"
                f" ({visible(reason, 120)}). {SAFE} Check"
                " the network. The upload continues when the server answers again."
            ) from error
        code = str(fault.verify_code)
        names = {"host": self._host, "safe": SAFE}
        raise DestinationError(
            explain_failure("https-certificate", "", code=code, **names)
        ) from error


def _find_certificate_fault(
    error: BaseException | None,
) -> ssl.SSLCertVerificationError | None:
    """Return why a certificate was not accepted, if that is the cause of an error."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def _read_chunks(data: bytes, told: ProgressCallback) -> Iterator[bytes]:
    for start in range(0, len(data), CHUNK_BYTES):
        yield data[start : start + CHUNK_BYTES]
        told(min(start + CHUNK_BYTES, len(data)), len(data))


def _read_limited(response: "httpx2.Response") -> bytes:
    """Return the beginning of an answer: as much as a receipt may have."""
    found = b""
    for chunk in response.iter_bytes():
        found += chunk
        if len(found) > RECEIPT_BYTES_MAX:
            break
    return found


def open_destination(settings: DestinationSettings, secret: str) -> Destination:
    """Return an HTTPS server as the settings describe it."""
    return Https(settings, secret)
