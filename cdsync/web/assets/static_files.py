"""Static files: an address that changes with their content, kept by browsers for a year, sent small.

Pages themselves are not compressed: they hold the token of forms beside what people typed, and how small both become
together would tell of the token (BREACH).
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for

KEPT = "public, max-age=31536000, immutable"
TEXTS = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})


def register(app: Flask) -> None:
    """Gives every template `asset(name)`, the address of a static file."""
    folder = Path(app.static_folder or "")

    def asset(name: str) -> str:
        file = folder / name
        return url_for("static", filename=name, v=_digest(file) if file.is_file() else None)

    def sent_well(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200:
            _send_well(response, folder / str((request.view_args or {})["filename"]))
        return response

    app.jinja_env.globals.update(asset=asset)
    app.after_request(sent_well)


def _send_well(response: Response, file: Path) -> None:
    if request.args.get("v") == _digest(file):  # else it is an old page's, and the file another one by now
        response.headers["Cache-Control"] = KEPT
    if response.mimetype not in TEXTS:
        return
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip") > 0 and "Range" not in request.headers:
        response.close()  # the file itself, which nobody reads now
        response.direct_passthrough = False
        response.set_data(_packed(file))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("Accept-Ranges", None)
        response.set_etag(f"{_digest(file)}-gzip")


def _digest(file: Path) -> str:
    return _digest_at(file, file.stat().st_mtime_ns)


def _packed(file: Path) -> bytes:
    return _packed_at(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _digest_at(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


@lru_cache(maxsize=64)
def _packed_at(file: Path, _changed: int) -> bytes:
    return gzip.compress(file.read_bytes(), 9, mtime=0)
