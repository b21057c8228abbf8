"""HTTPS against a real server: one key, one file, and a receipt or nothing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cptkiosk.errors import DestinationError
from cptkiosk.host.work_progress import Stopped, WorkProgress, ignore_progress
from cptkiosk.upload.destinations.base import Conflict, Destination
from cptkiosk.upload.destinations.kinds import open_destination
from support.destinations import a_parcel
from support.https_server import TOKEN, Authority, Faults, HttpsServer


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def server(authority: Authority) -> Iterator[HttpsServer]:
    made = HttpsServer(authority.certify())
    yield made
    made.close()


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    return path


@pytest.fixture
def office(server: HttpsServer, authority: Authority, token: Path) -> Destination:
    return open_destination(server.settings(authority, token))


def test_a_file_arrives_once_and_again_is_success(
    server: HttpsServer, office: Destination
) -> None:
    data = bytes(200_000)
    told: list[tuple[int, int]] = []
    first = office.deliver(a_parcel(data), lambda *step: told.append(step))
    second = office.deliver(a_parcel(data), ignore_progress)

    assert (first.already, second.already) == (False, True)
    assert '"position":1' in first.receipt
    assert [stored for _, stored in server.stored.values()] == [data]
    assert told[-1] == (200_000, 200_000)
    assert server.headers[0]["Content-Type"] == "application/zip"
    assert server.headers[0]["Content-Disposition"].endswith('"a-r1.zip"')


def test_another_file_under_the_key_is_a_conflict(
    server: HttpsServer, office: Destination
) -> None:
    office.deliver(a_parcel(b"one"), ignore_progress)

    with pytest.raises(Conflict, match="It was not changed"):
        office.deliver(a_parcel(b"two"), ignore_progress)
    assert [stored for _, stored in server.stored.values()] == [b"one"]


def test_a_test_stores_nothing(server: HttpsServer, office: Destination) -> None:
    assert "let us in" in office.test()
    assert server.stored == {}


def test_a_stopped_delivery_stores_nothing(
    server: HttpsServer, office: Destination
) -> None:
    progress = WorkProgress()

    def stop_midway(done: int, of: int) -> None:
        if done * 2 > of:
            progress.request_stop()
        progress(done, of)

    with pytest.raises(Stopped):
        office.deliver(a_parcel(bytes(500_000)), stop_midway)
    assert server.stored == {}


@pytest.mark.parametrize(
    ("faults", "said", "stored"),
    [
        (Faults(drop=1), "cannot be reached", False),
        (Faults(busy=1), "cannot take bundles now", False),
        (Faults(cut=1), "the connection was cut", True),
    ],
)
def test_a_server_that_breaks_down_gets_the_same_file_again(
    server: HttpsServer, office: Destination, faults: Faults, said: str, stored: bool
) -> None:
    server.faults = faults
    with pytest.raises(DestinationError, match=said) as caught:
        office.deliver(a_parcel(), ignore_progress)
    assert not isinstance(caught.value, Conflict)
    assert "stays in the queue" in str(caught.value)

    server.faults = Faults()
    done = office.deliver(a_parcel(), ignore_progress)
    assert done.already is stored
    assert len(server.stored) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "ok",
        "[]",
        "{}",
        '{"key": "other", "sha256": "0"}',
        '{"key": 1, "sha256": []}',
        60_000 * "[",
    ],
)
def test_an_answer_that_is_no_receipt_proves_nothing(
    server: HttpsServer, office: Destination, answer: str
) -> None:
    server.answer = answer or " "

    with pytest.raises(DestinationError, match="not with a receipt"):
        office.deliver(a_parcel(), ignore_progress)


def test_an_answer_that_cannot_be_unpacked_is_said(
    server: HttpsServer, office: Destination
) -> None:
    server.answer, server.encoding = "not packed at all", "gzip"

    with pytest.raises(DestinationError, match="stays in the queue"):
        office.deliver(a_parcel(), ignore_progress)


@pytest.mark.parametrize("secret", ["hunter2\x01x", "hunter2\r\nHost: x", "hunter2é"])
def test_a_token_that_cannot_be_sent_is_refused_and_never_shown(
    server: HttpsServer, authority: Authority, token: Path, secret: str
) -> None:
    token.write_text(secret, encoding="utf-8", newline="")

    with pytest.raises(DestinationError, match="must hold") as caught:
        open_destination(server.settings(authority, token)).test()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "said"),
    [(301, "at this address"), (404, "at this address"), (413, "too large"),
     (429, "cannot take bundles now"), (418, "did not take the bundle")],
)  # fmt: skip
def test_a_refusal_is_said_in_a_sentence(
    server: HttpsServer, office: Destination, code: int, said: str
) -> None:
    server.code = code

    with pytest.raises(DestinationError, match=said):
        office.deliver(a_parcel(), ignore_progress)


def test_a_wrong_token_is_said_and_never_shown(
    server: HttpsServer, authority: Authority, token: Path
) -> None:
    token.write_text("wrong-token")
    office = open_destination(server.settings(authority, token))

    for attempt in (office.test, lambda: office.deliver(a_parcel(), ignore_progress)):
        with pytest.raises(DestinationError, match="does not accept the token") as said:
            attempt()
        assert "wrong-token" not in str(said.value)


def test_a_server_cannot_put_the_token_into_the_record(
    server: HttpsServer, office: Destination
) -> None:
    parcel = a_parcel()
    server.answer = (
        f'{{"key": "{parcel.key}", "sha256": "{parcel.sha256}", "echo": "{TOKEN}"}}'
    )

    assert TOKEN not in office.deliver(parcel, ignore_progress).receipt


@pytest.mark.parametrize(
    ("years_ahead", "address", "said"),
    [
        (-1, "127.0.0.1", "has expired"),
        (1, "127.0.0.1", "is not valid yet by this computer's clock"),
        (0, "127.0.0.2", "is for another server"),
    ],
)
def test_a_certificate_that_does_not_fit_is_said_and_nothing_is_sent(
    authority: Authority, token: Path, years_ahead: int, address: str, said: str
) -> None:
    server = HttpsServer(authority.certify(years_ahead, address))
    try:
        office = open_destination(server.settings(authority, token))
        with pytest.raises(DestinationError, match=said) as caught:
            office.deliver(a_parcel(), ignore_progress)
        assert "Nothing was sent" in str(caught.value)
        assert server.requests == 0
    finally:
        server.close()


def test_an_authority_that_nobody_trusts_is_said(
    server: HttpsServer, authority: Authority, token: Path
) -> None:
    settings = server.settings(authority, token)
    for ca_file, said in (
        ("", "not from an authority"),
        (str(token), "is not a file of certificates"),
    ):
        with pytest.raises(DestinationError, match=said):
            open_destination(replace(settings, ca_file=ca_file)).test()


def test_a_server_that_is_away_is_said(
    server: HttpsServer, authority: Authority, token: Path
) -> None:
    settings = replace(server.settings(authority, token), where="https://127.0.0.1:9/")

    with pytest.raises(DestinationError, match="cannot be reached"):
        open_destination(settings).test()
