"""Servers that answer in every way that is not an answer: bytes by mode, and where a request is tried with them.

A mode is the whole HTTP answer as bytes, made for JSON or for XML, or a talk of its own for what never ends. To add
one, add it to ANSWERS, TALKS or BODIES: it is tried on every side by itself.
"""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable
from contextlib import suppress

from tests.connectors.http.test_deadline import DRIPPING, endless

JSON, XML = "application/json", "text/xml;charset=utf-8"
NOWHERE = "http://127.0.0.2:9"  # nobody is there
Bytes = Callable[[str, str], bytes]  # (content type, address of a server that must not be asked) -> the answer
Talk = Callable[[socket.socket], None]


def answer(body: bytes, kind: str, status: str = "200 OK", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def plain(kind: str) -> bytes:
    """What a well-meaning server might say."""
    return b'{"items":[],"itemsPerPage":0}' if kind == JSON else b"<prestashop><orders/></prestashop>"


def _packed(encoding: str, body: bytes) -> Bytes:
    return lambda kind, trap: answer(body, kind, "200 OK", f"Content-Encoding: {encoding}")


def _with(*headers: str, status: str = "200 OK") -> Bytes:
    """A usual body with these headers; {} stands for the address that must not be asked."""
    return lambda kind, trap: answer(plain(kind), kind, status, *(each.replace("{}", trap) for each in headers))


def _length(text: str) -> Bytes:
    return lambda kind, trap: (
        f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {text}\r\n\r\n".encode() + plain(kind)
    )


def _chunked(body: bytes) -> Bytes:
    return lambda kind, trap: (
        f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + body
    )


def _utf_16(kind: str) -> bytes:
    return answer(plain(kind).decode().encode("utf-16"), f"{kind.partition(';')[0]}; charset=utf-16")


def _bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return b"".join([*(packer.compress(b" " * 1_000_000) for _ in range(megabytes)), packer.flush()])


def _doctype(inside: str, use: str = "&e;") -> Bytes:
    def made(kind: str, trap: str) -> bytes:
        text = f'<?xml version="1.0"?><!DOCTYPE x {inside.replace("{}", trap)}><prestashop><a>{use}</a></prestashop>'
        return answer(text.encode(), kind)

    return made


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ANSWERS: dict[str, Bytes] = {
    "redirect elsewhere": _with("Location: {}/elsewhere", status="302 Found"),
    "redirect that keeps the method": _with("Location: {}/elsewhere", status="307 Temporary Redirect"),
    "redirect to the cloud's metadata": _with("Location: http://169.254.169.254/latest/", status="302 Found"),
    "redirect to a file": _with("Location: file:///etc/passwd", status="301 Moved"),
    "redirect to itself": _with("Location: /", status="302 Found"),
    "refresh and link headers": _with("Refresh: 0; url={}", 'Link: <{}/next>; rel="next"'),
    "cookies": _with("Set-Cookie: session=theirs; Path=/", "Set-Cookie2: other=1"),
    "asks for a password": _with('WWW-Authenticate: Basic realm="x"', status="401 Unauthorized"),
    "asks for a proxy's password": _with("Proxy-Authenticate: Basic", status="407 Proxy"),
    "external entity": _doctype('[<!ENTITY e SYSTEM "file:///etc/passwd">]'),
    "entity over the network": _doctype('[<!ENTITY e SYSTEM "{}/entity">]'),
    "external DTD": _doctype('SYSTEM "{}/dtd"', ""),
    "parameter entity": _doctype('[<!ENTITY % e SYSTEM "{}/p"> %e;]', ""),
    "billion laughs": _doctype(f'[<!ENTITY l0 "ha">{_LAUGHS}]', "&l9;"),
    "long entity often": _doctype(f'[<!ENTITY e "{"x" * 10_000}">]', "&e;" * 10_000),
    "gzip bomb": _packed("gzip", _bomb(64)),
    "gzip in gzip": _packed("gzip, gzip", gzip.compress(gzip.compress(b"{}"))),
    "unknown encoding": _packed("br", b"\x0b\x02\x80{}\x03"),
    "encoding that lies": _packed("gzip", b"no gzip at all"),
    "a gzip with a second one": _packed("gzip", gzip.compress(b"{}") + gzip.compress(b"{}")),
    "length too long": _length("9999"),
    "length too short": _length("3"),
    "length negative": _length("-1"),
    "length in words": _length("many"),
    "length beyond measure": _length("9" * 40),
    "length twice": _length("5\r\nContent-Length: 7"),
    "chunk beyond measure": _chunked(b"FFFFFFFFFFFFFFFFF\r\n{}\r\n"),
    "chunk in words": _chunked(b"zz\r\n{}\r\n"),
    "chunk negative": _chunked(b"-5\r\n{}\r\n"),
    "chunk with a long note": _chunked(b"2;" + b"a" * 100_000 + b"\r\n{}\r\n0\r\n\r\n"),
    "trailers without end": _chunked(b"2\r\n{}\r\n0\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\n"),
    "headers without number": _with(*(f"X-{n}: a" for n in range(5000))),
    "a header without end": _with(f"X-A: {'a' * 300_000}"),
    "headers that are none": lambda kind, trap: b"HTTP/1.1 200 OK\r\n: x\r\nno colon\r\n\x00: y\r\n\r\n" + plain(kind),
    "no HTTP": lambda kind, trap: b"SSH-2.0-OpenSSH_9.6\r\n" + b"\x00" * 500,
    "a status beyond": lambda kind, trap: b"HTTP/1.1 99999 What\r\n\r\n",
    "a status in words": lambda kind, trap: b"HTTP/1.1 fine OK\r\nContent-Length: 0\r\n\r\n",
    "no content": lambda kind, trap: b"HTTP/1.1 204 No Content\r\n\r\n",
    "part of it": _with("Content-Range: bytes 0-1/9999", status="206 Partial Content"),
    "not modified": lambda kind, trap: b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "switching protocols": lambda kind, trap: b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
    "continue, many times": lambda kind, trap: b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000 + answer(plain(kind), kind),
    "early hints, many times": lambda kind, trap: b"HTTP/1.1 103 Early Hints\r\n\r\n" * 500 + answer(plain(kind), kind),
    "HTML": lambda kind, trap: answer(b"<!doctype html><html><body>Maintenance<br></body></html>", "text/html"),
    "HTML that says it is data": lambda kind, trap: answer(b"<html><body>Maintenance<br></html>", kind),
    "UTF-16": lambda kind, trap: _utf_16(kind),
    "a charset nobody knows": lambda kind, trap: answer(plain(kind), f"{kind.partition(';')[0]}; charset=klingon"),
    "UTF-7": lambda kind, trap: answer(b"+ADw-script+AD4-", f"{kind.partition(';')[0]}; charset=utf-7"),
    "Latin-1 that says it is UTF-8": lambda kind, trap: answer("é".encode("latin-1") * 50, kind),
}  # fmt: skip
_DEEP = 100_000
BODIES: dict[str, bytes] = {  # the same for both kinds, as the kind that is due
    "nothing": b"",
    "blanks": b" \r\n\t" * 100,
    "null": b"null",
    "a number": b"42",
    "a text": b'"hello"',
    "a list of nothing": b"[null, null]",
    "a list of lists": b"[[[]]]",
    "an object of wrong things": b'{"items": 5, "access_token": [], "expires_in": {}, "errors": "x", "id": {}}',
    "items of wrong things": b'{"items": [null, 1, "x", [], {}, {"orderId": {}}, {"orderId": 1e999}]}',
    "NULs": b"\x00" * 5000,
    "NULs inside": b'{"items": [{"orderId": "a\x00b"}], "x\\u0000": "\\u0000"}',
    "nested lists": b"[" * _DEEP + b"]" * _DEEP,
    "nested objects": b'{"items":' * _DEEP + b"1" + b"}" * _DEEP,
    "nested elements": b"<prestashop>" + b"<a>" * _DEEP + b"</a>" * _DEEP + b"</prestashop>",
    "a huge exponent": b'{"items": [{"orderId": "1", "totalPrice": {"sellingPrice": 1e999999999}}], "itemsPerPage": 1}',
    "a huge number": b'{"items": [{"orderId": "1", "x": ' + b"9" * 20_000 + b"}], \"itemsPerPage\": 1}",
    "NaN and Infinity": b'{"items": [{"orderId": "1", "x": NaN, "y": -Infinity}], "itemsPerPage": Infinity}',
    "keys twice": b'{"items": [], "items": [{"orderId": "1"}], "items": 3, "itemsPerPage": 1, "itemsPerPage": 9}',
    "half a surrogate pair": b'{"items": [{"orderId": "\\ud83d", "reference": "\\udc00"}], "itemsPerPage": 1}',
    "a document cut short": b"<prestashop><orders><order><id>1</id>",
    "another document": b'<rss version="2.0"><channel><title>x</title></channel></rss>',
    "an order of wrong things": b"<prestashop><order><id>x</id><total_paid>much</total_paid></order></prestashop>",
    "an id beyond measure": b"<prestashop><orders><order><id>" + b"9" * 20_000 + b"</id></order></orders></prestashop>",
    "attributes without number": b"<prestashop " + b" ".join(b'a%d="1"' % n for n in range(5000)) + b"/>",
    "namespaces": b'<p:prestashop xmlns:p="x"><p:orders><p:order/></p:orders></p:prestashop>',
    "an instruction": b'<?xml version="1.0"?><?xml-stylesheet href="http://127.0.0.2:9/x"?><prestashop/>',
    "XInclude": b'<prestashop xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></prestashop>',
    "errors of wrong things": b"<prestashop><errors><error><code>x</code></error><error/></errors></prestashop>",
}  # fmt: skip
ANSWERS |= {name: (lambda kind, trap, body=body: answer(body, kind)) for name, body in BODIES.items()}
ANSWERS |= {
    f"{status}, {name}": (lambda kind, trap, body=BODIES[name], status=status: answer(body, kind, f"{status} Odd"))
    for status in (400, 404, 429, 500)
    for name in ("nothing", "nested lists", "nested elements", "an object of wrong things", "errors of wrong things")
}  # fmt: skip
TALKS: dict[str, Talk] = {
    **{each.__name__.replace("_", " "): each for each in DRIPPING if each.__name__ != "never_reads"},
    "endless stream": endless,
}


def each_request(answers: Callable[[str], bytes], *, stays: bool = False) -> Talk:
    """Answers every request by its path. stays: on the same connection, so that what is too much begins the next."""

    def talk(connection: socket.socket) -> None:
        received = b""
        with suppress(OSError, ValueError):
            while True:
                while b"\r\n\r\n" not in received:
                    more = connection.recv(65536)
                    if not more:
                        return
                    received += more
                head, _, received = received.partition(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
                while len(received) < length:
                    received += connection.recv(65536)
                received = received[length:]
                said = answers(head.split(b" ")[1].decode("latin-1"))
                connection.sendall(said)
                if not stays:
                    break
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)

    return talk
