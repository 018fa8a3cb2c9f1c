"""Static files: kept by browsers as long as they are the same, sent small, the same for everybody."""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path

import pytest
from flask import Flask

from cdsync.web.assets import static_files
from tests.web.conftest import Browser

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def addresses(html: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', html)


def test_a_page_names_files_that_are_kept_for_a_year_and_vary_by_nobody(stranger: Browser) -> None:
    found = addresses(stranger.get("/sign-in").text)
    assert {Path(each.partition("?")[0]).suffix for each in found} == {".css", ".js", ".svg"}
    for address in found:
        answer = stranger.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert "Set-Cookie" not in answer.headers


def test_the_first_view_is_small(merchant: Browser) -> None:
    page = merchant.get("/sign-in", follow_redirects=True)
    sent = sum(len(merchant.get(each, headers=GZIP).data) for each in addresses(page.text))
    assert len(page.data) + sent <= 60 * 1024


@pytest.mark.parametrize("name", ["cdsync.css", "app.js", "vendor/htmx-4.min.js", "icon.svg"])
def test_it_is_packed_for_who_can_unpack_it(stranger: Browser, app: Flask, name: str) -> None:
    plain = stranger.get(f"/static/{name}")
    packed = stranger.get(f"/static/{name}", headers=GZIP)
    file = Path(str(app.static_folder), name).read_bytes()
    assert plain.data == file
    assert gzip.decompress(packed.data) == file
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert [each.headers["Vary"] for each in (plain, packed)] == ["Accept-Encoding"] * 2


def test_an_old_pages_address_is_asked_for_again(stranger: Browser) -> None:
    assert stranger.get("/static/cdsync.css?v=anything").headers["Cache-Control"] == "no-cache"
    assert stranger.get("/static/cdsync.css").headers["Cache-Control"] == "no-cache"


def test_the_address_changes_with_the_content_alone(tmp_path: Path) -> None:
    app = Flask("files", static_folder=str(tmp_path))
    static_files.register(app)
    file = tmp_path / "x.css"
    seen = []
    for text, changed in (("a {}", 1), ("b {}", 2), ("a {}", 3)):
        file.write_text(text)
        os.utime(file, (changed, changed))
        with app.test_request_context():
            seen.append(app.jinja_env.globals["asset"]("x.css"))
    assert seen[0] == seen[2] != seen[1]


def test_a_part_of_a_file_is_sent_as_it_is(stranger: Browser) -> None:
    answer = stranger.get("/static/cdsync.css", headers={**GZIP, "Range": "bytes=0-9"})
    assert (answer.status_code, len(answer.data)) == (206, 10)
    assert "Content-Encoding" not in answer.headers


def test_what_is_not_there_stays_so(stranger: Browser) -> None:
    assert stranger.get("/static/none.css", headers=GZIP).status_code == 404
