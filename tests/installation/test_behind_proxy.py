"""Behind a proxy: what it says is believed where it is trusted, and nobody else is believed ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.installation.behind_proxy import BehindProxy, Trusted, trusted

SAID = {
    "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/orders-sync",
    "X-Forwarded-Host": "evil.example",
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "address", "believed"),
    [
        (None, "127.0.0.1", False),
        ("0", "127.0.0.1", False),
        ("1", "198.51.100.7", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("10.0.0.0/8, ::1", "10.1.2.3", True),
        ("10.0.0.0/8, ::1", "::1", True),
        ("10.0.0.0/8, ::1", "192.168.0.1", False),
        ("10.0.0.1", "", False),
    ],
)
def test_who_is_believed(value: str | None, address: str, believed: bool) -> None:
    assert trusted(value).covers(address) is believed


@pytest.mark.parametrize("value", ["yes", "11", "-1", "10.0.0.0/99", "1,2", "proxy.example"])
def test_what_is_no_proxy_is_said_at_the_start(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError, match=r"^config\.trusted_proxy_wrong"):
        create_app(instance_path=str(tmp_path), CDSYNC_TRUSTED_PROXY=value)


def seen(proxies: Trusted, headers: dict[str, str], address: str = "127.0.0.1") -> dict[str, Any]:
    """What the application sees of a request."""
    found: dict[str, Any] = {}

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        found.update(environ)
        return []

    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    environ |= {"REMOTE_ADDR": address, "HTTP_HOST": "shop.example", "wsgi.url_scheme": "http", "SCRIPT_NAME": ""}
    environ |= {"PATH_INFO": "/orders", "SERVER_NAME": "x", "SERVER_PORT": "80"}
    BehindProxy(app, proxies)(environ, lambda *_: None)  # type: ignore[arg-type, return-value]
    return found


def test_the_visitor_tls_and_the_prefix_are_taken_the_host_is_not() -> None:
    told = seen(Trusted(1), SAID)
    assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"]) == ("203.0.113.9", "https")
    assert (told["SCRIPT_NAME"], told["HTTP_HOST"]) == ("/orders-sync", "shop.example")


def test_from_elsewhere_nothing_is_taken() -> None:
    told = seen(trusted("10.0.0.1"), SAID)
    assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"], told["SCRIPT_NAME"]) == ("127.0.0.1", "http", "")


def test_a_visitor_cannot_put_an_address_before_the_proxys_own() -> None:
    assert seen(Trusted(1), {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"})["REMOTE_ADDR"] == "203.0.113.9"
    assert seen(Trusted(2), {"X-Forwarded-For": "6.6.6.6, 203.0.113.9, 10.0.0.2"})["REMOTE_ADDR"] == "203.0.113.9"


@pytest.mark.parametrize("prefix", ["//evil.example", "evil", '/"><script>', "/a/../b c", "javascript:x", "/a\\b"])
def test_a_prefix_that_is_none_is_left_out(prefix: str) -> None:
    assert seen(Trusted(1), {"X-Forwarded-Prefix": prefix})["SCRIPT_NAME"] == ""


@pytest.fixture
def made(tmp_path: Path) -> Any:
    """An application of its own, with tables."""

    def make(**config: Any) -> Flask:
        app = create_app(instance_path=str(tmp_path), TESTING=True, CDSYNC_SECRET_KEY="k" * 40, **config)
        with app.app_context():
            db.create_all()
        return app

    return make


def asked(app: Flask, **headers: str) -> TestResponse:
    return app.test_client().get("/sign-in", headers={"Host": "shop.example", **headers})


def test_cookie_links_and_tls_follow_a_trusted_proxy(made: Any) -> None:
    answer = asked(made(CDSYNC_TRUSTED_PROXY="1"), **SAID)
    assert answer.status_code == 200
    cookie = answer.headers["Set-Cookie"]
    assert "Secure" in cookie
    assert "Path=/orders-sync" in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert 'action="/orders-sync/sign-in"' in answer.text
    assert 'href="/orders-sync/static/' in answer.text
    assert "evil.example" not in answer.text


def test_without_the_option_all_of_it_is_ignored(made: Any) -> None:
    answer = asked(made(), **SAID)
    cookie = answer.headers["Set-Cookie"]
    assert "Secure" not in cookie
    assert "Path=/;" in cookie + ";"
    assert "Strict-Transport-Security" not in answer.headers
    assert 'action="/sign-in"' in answer.text


def test_plain_http_behind_a_proxy_is_not_called_tls(made: Any) -> None:
    answer = asked(made(CDSYNC_TRUSTED_PROXY="1"), **{**SAID, "X-Forwarded-Proto": "http"})
    assert "Secure" not in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers
