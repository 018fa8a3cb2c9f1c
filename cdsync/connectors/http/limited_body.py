"""Reads an answer's body within limits of size, counted while it comes and while it is unpacked. Knows no format."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import requests
from requests.exceptions import ChunkedEncodingError, ContentDecodingError
from urllib3.exceptions import DecodeError, HTTPError, ProtocolError, ReadTimeoutError, SSLError

MOST_BYTES = 32 * 1024 * 1024  # decoded; the largest answers seen are lists of some megabytes
MOST_PARTS = 600_000  # tags, objects and lists: each becomes an object many times its size
MOST_ENTRIES = 3_000_000
PIECE = 16 * 1024
ENCODINGS = "gzip, deflate"


class TooLargeError(Exception):
    """The answer is larger than anything this client asks for."""


def body_of(answer: requests.Response) -> bytes:
    """The whole body, unpacked. Raises TooLargeError as soon as a limit is passed, RequestException for the rest."""
    pieces, size = [], 0
    for piece in _unpacked(answer):
        size += len(piece)
        if size > MOST_BYTES:
            raise TooLargeError
        pieces.append(piece)
    body = b"".join(pieces)
    parts = body.count(b"<") + body.count(b"{") + body.count(b"[")
    if parts > MOST_PARTS or body.count(b",") > MOST_ENTRIES:
        raise TooLargeError
    return body


def _unpacked(answer: requests.Response) -> Iterator[bytes]:
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        yield from _raw(answer)
    elif encoding in ("gzip", "x-gzip", "deflate"):
        yield from _inflated(_raw(answer))
    else:
        raise ContentDecodingError(f"an encoding that was not asked for: {encoding}")


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Never more than `PIECE` × 4 at once, however much a few bytes stand for."""
    inflate, begun, most = zlib.decompressobj(zlib.MAX_WBITS | 32), False, PIECE * 4
    for piece in pieces:
        left, out = piece, b""
        while left or len(out) == most:  # as long as there may be more of what came already
            try:
                out = inflate.decompress(left, most)
            except zlib.error as exc:
                if begun:
                    raise ContentDecodingError("the packed answer is damaged") from exc
                inflate, begun = zlib.decompressobj(-zlib.MAX_WBITS), True  # "deflate" without a frame
                continue
            begun, left = True, inflate.unconsumed_tail
            yield out
    if not inflate.eof and begun:
        raise ContentDecodingError("the packed answer was cut short")


def _raw(answer: requests.Response) -> Iterator[bytes]:
    """What came, as it came; urllib3's errors as the ones of requests, as `Response.iter_content` does it."""
    try:
        while piece := answer.raw.read(PIECE, decode_content=False):
            yield piece
    except ProtocolError as exc:
        raise ChunkedEncodingError(exc) from exc
    except DecodeError as exc:
        raise ContentDecodingError(exc) from exc
    except ReadTimeoutError as exc:
        raise requests.ReadTimeout(exc) from exc
    except SSLError as exc:
        raise requests.exceptions.SSLError(exc) from exc
    except HTTPError as exc:
        raise requests.ConnectionError(exc) from exc
