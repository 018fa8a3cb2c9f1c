"""Which proxies in front of cdsync are believed, and what they may say: the visitor's address, TLS, and a prefix.

Without CDSYNC_TRUSTED_PROXY nobody is: X-Forwarded-* is anybody's to send. X-Forwarded-Host is never believed, since
proxies pass it on as it came; a proxy is to pass the Host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from ..errors import ConfigError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST = 10
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")


@dataclass(frozen=True)
class Trusted:
    """count: proxies one behind the other. networks: from where the nearest one connects; empty: from anywhere."""

    count: int = 0
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def __bool__(self) -> bool:
        return self.count > 0

    def covers(self, address: str) -> bool:
        """Whether a connection from that address is the nearest proxy's."""
        if not self.networks:
            return bool(self)
        try:
            found = ip_address(address)
        except ValueError:  # a unix socket has none
            return False
        return any(found in network for network in self.networks)


def trusted(value: object) -> Trusted:
    """From "1" (one proxy, wherever it connects from; "2": two, one behind the other) or "127.0.0.1, 10.0.0.0/8".

    Raises ConfigError("config.trusted_proxy_wrong").
    """
    if isinstance(value, Trusted):
        return value
    text = str(value or "").strip()
    if not text or text == "0":
        return Trusted()
    if text.isascii() and text.isdigit() and int(text) <= MOST:
        return Trusted(int(text))
    try:
        return Trusted(1, tuple(ip_network(each.strip(), strict=False) for each in text.split(",")))
    except ValueError:
        raise ConfigError("config.trusted_proxy_wrong", value=text) from None


class BehindProxy:
    """WSGI middleware: believes the trusted proxies, and takes every other X-Forwarded-* away."""

    def __init__(self, app: WSGIApplication, proxies: Trusted) -> None:
        self._plain = app
        self._proxies = proxies
        count = proxies.count
        self._fixed = ProxyFix(app, x_for=count, x_proto=count, x_host=0, x_port=0, x_prefix=count)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._proxies.covers(str(environ.get("REMOTE_ADDR", ""))):
            return self._plain(environ, start_response)
        prefix = str(environ.get("HTTP_X_FORWARDED_PREFIX", "")).rstrip("/")
        environ["HTTP_X_FORWARDED_PREFIX"] = prefix if all(map(_PREFIX.fullmatch, _each(prefix))) else ""
        return self._fixed(environ, start_response)


def _each(prefix: str) -> list[str]:
    return [part.strip() for part in prefix.split(",") if part.strip()]
