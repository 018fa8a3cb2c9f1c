"""Which addresses are called: judged as looked up, at the connection, whatever they are spelled like."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from cdsync.connectors.http import allowed_addresses
from cdsync.connectors.http.client import HttpClient
from cdsync.errors import CdsyncError, ConfigError, TemporaryError
from cdsync.sandbox.server import Request, Response, SandboxServer
from tests.connectors.prestashop.shop import Kept

pytestmark = pytest.mark.sockets

NEVER = [
    "169.254.169.254", "169.254.1.1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200",
    "192.0.0.192", "168.63.129.16", "0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "255.255.255.255", "ff02::1",
    "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "::169.254.169.254",
    "2002:a9fe:a9fe::1", "::ffff:0:a9fe:a9fe", "2001:0:a9fe:a9fe::1",
]  # fmt: skip
LOOPBACK = ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1"]
PRIVATE = [
    "10.0.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fd12::1", "fc00::1", "fec0::1", "::ffff:10.0.0.1",
    "64:ff9b::a00:1", "198.18.0.1", "192.0.2.1", "2001:db8::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
Names = Callable[..., list[list[str]]]


@pytest.fixture
def allowing() -> Iterator[Callable[[str], None]]:
    """Says for one test what the installation allows."""
    yield lambda text: allowed_addresses.allow(allowed_addresses.networks(text))
    allowed_addresses.allow(allowed_addresses.networks("loopback"))
    allowed_addresses.allow_rehearsal(())


def refused(address: str) -> bool:
    try:
        allowed_addresses.judge(address, "shop.example", 443)
    except allowed_addresses.NotAllowedError:
        return True
    return False


@pytest.mark.parametrize(
    ("text", "called", "left"),
    [
        ("", PUBLIC, LOOPBACK + PRIVATE),
        ("no", PUBLIC, LOOPBACK + PRIVATE),
        ("loopback", PUBLIC + LOOPBACK[:4], PRIVATE),
        ("yes", PUBLIC + LOOPBACK + PRIVATE, []),
        ("192.168.1.0/24, fd12::/16", [*PUBLIC, "192.168.1.1", "fd12::1"], [*LOOPBACK, "10.0.0.1", "fc00::1"]),
    ],
)
def test_what_the_installation_allows_is_called_and_some_addresses_never(
    allowing: Callable[[str], None], text: str, called: list[str], left: list[str]
) -> None:
    allowing(text)
    assert {each: refused(each) for each in called} == dict.fromkeys(called, False)
    assert {each: refused(each) for each in left + NEVER} == dict.fromkeys(left + NEVER, True)


@pytest.mark.parametrize("text", ["perhaps", "10.0.0.0/33", "192.168.1.0/24;10.0.0.1", "localhost"])
def test_what_cannot_be_understood_allows_nothing(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        allowed_addresses.networks(text)


def test_only_the_rehearsals_own_ports_are_called_where_loopback_is_not_allowed(
    allowing: Callable[[str], None], odd: SandboxServer
) -> None:
    allowing("")
    port = odd.url.rpartition(":")[2]
    with pytest.raises(ConfigError, match=r"^shop\.address_not_allowed"):
        HttpClient("shop", odd.url, Kept()).send("GET", odd.url)
    allowed_addresses.allow_rehearsal([f"127.0.0.1:{port}"])
    assert HttpClient("shop", odd.url, Kept()).send("GET", odd.url).status == 200
    allowed_addresses.allow_rehearsal(["127.0.0.1:1"])
    with pytest.raises(ConfigError, match=r"^shop\.address_not_allowed"):
        HttpClient("shop", odd.url, Kept()).send("GET", odd.url)


@pytest.fixture
def odd() -> Iterator[SandboxServer]:
    def answer(_request: Request) -> Response:
        return Response()

    server = SandboxServer(answer)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Makes names stand for addresses: each look-up takes the next list, the last one again and again."""
    real = socket.getaddrinfo

    def say(*answers: list[str]) -> list[list[str]]:
        asked: list[list[str]] = []

        def resolve(host: str, port: int, family: int = 0, kind: int = 0, proto: int = 0, flags: int = 0) -> Any:
            if flags & socket.AI_NUMERICHOST or host[:1].isdigit():
                return real(host, port, family, kind, proto, flags)
            asked.append(answers[min(len(asked), len(answers) - 1)])
            numeric = socket.AI_NUMERICHOST
            return [each for address in asked[-1] for each in real(address, port, 0, kind, proto, numeric)]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        return asked

    return say


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "addresses", [["169.254.169.254"], ["127.0.0.1", "169.254.169.254"], ["fe80::1", "127.0.0.1"], ["10.0.0.1"]]
)
def test_a_name_with_one_such_address_is_not_called_at_all(
    odd: SandboxServer, names: Names, addresses: list[str], method: str
) -> None:
    names(addresses)
    url, recorder = odd.url.replace("127.0.0.1", "shop.test"), Kept()
    with pytest.raises(ConfigError, match=r"^shop\.address_not_allowed") as caught:
        HttpClient("shop", url, recorder).send(method, url, data=b"secret")
    assert caught.value.data["host"] == url.removeprefix("http://")
    assert odd.log == []
    assert [each.failure for each in recorder.exchanges] == ["AddressNotAllowed"]


@pytest.mark.parametrize("spelled", ["2852039166", "0251.0376.0251.0376", "0xa9fea9fe", "169.254.43518", "0", "[::]"])
def test_odd_spellings_are_what_they_stand_for(spelled: str) -> None:
    """The system's look-up knows all of them, and its answer is judged."""
    url = f"http://{spelled}:8000/"
    with pytest.raises(ConfigError, match=r"^marketplace\.address_not_allowed"):
        HttpClient("marketplace", url, Kept()).send("GET", url)


def test_a_name_that_changes_its_mind_is_called_where_it_was_judged(odd: SandboxServer, names: Names) -> None:
    """Looked up once a connection: there is no second answer to be taken in by."""
    asked = names(["127.0.0.1"], ["169.254.169.254"])
    url = odd.url.replace("127.0.0.1", "shop.test")
    assert HttpClient("shop", url, Kept()).send("GET", url).status == 200
    assert asked == [["127.0.0.1"]]
    with pytest.raises(ConfigError, match=r"^shop\.address_not_allowed"):
        HttpClient("shop", url, Kept()).send("GET", url)


def test_the_next_address_is_tried_when_one_does_not_answer(odd: SandboxServer, names: Names) -> None:
    names(["::1", "127.0.0.1"])
    url = odd.url.replace("127.0.0.1", "shop.test")
    assert HttpClient("shop", url, Kept()).send("GET", url).status == 200


def test_tls_is_asked_for_the_name_and_not_for_the_address(names: Names) -> None:
    names(["127.0.0.1"])
    context, heard = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), []
    context.sni_callback = lambda _connection, name, _context: heard.append(name)
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            connection, _ = door.accept()
            with connection, suppress(OSError):
                context.wrap_socket(connection, server_side=True)

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"https://shop.test:{door.getsockname()[1]}/"
        with pytest.raises(CdsyncError):
            HttpClient("shop", url, Kept(), timeout=5).send("GET", url)
        thread.join(5)
    assert heard == ["shop.test"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_look_up_that_does_not_end_ends_with_the_request(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    over = threading.Event()

    def resolve(host: str, _port: int, _family: int, _kind: int, _proto: int = 0, flags: int = 0) -> Any:
        if not flags:
            over.wait(5)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    began = time.monotonic()
    with pytest.raises(TemporaryError, match=r"^shop\.timeout"):
        HttpClient("shop", "http://shop.test/", Kept(), timeout=0.6).send(method, "http://shop.test/", data=b"x")
    assert 0.54 <= time.monotonic() - began <= 0.66 + 0.5  # the half second is for a machine that is busy
    over.set()


@pytest.mark.parametrize(
    ("number", "code"), [(socket.EAI_NONAME, "shop.no_such_host"), (socket.EAI_AGAIN, "shop.unreachable")]
)
def test_a_name_service_that_is_away_is_not_a_wrong_name(
    monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def resolve(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(number, "said so")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(CdsyncError) as caught:
        HttpClient("shop", "http://shop.test/", Kept()).send("POST", "http://shop.test/", data=b"x")
    assert caught.value.code == code


def test_proxies_of_the_environment_are_not_heard(odd: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would look the name up itself, and judge nothing."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert HttpClient("shop", odd.url, Kept()).send("GET", odd.url).status == 200
