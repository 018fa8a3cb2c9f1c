"""The one place that takes the address of Redis: what is none, or what anybody could use, is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from redis import Redis

from ..errors import ConfigError


def client(url: str, *, open_allowed: bool, **how: Any) -> Redis:
    """A client for the address; how: as `Redis` takes it.

    Raises ConfigError("redis.away") for what is no address, and ("redis.no_password" [host]) for a Redis at a port that
    asks for none, this machine's own port too, unless that is allowed: whoever reaches it decides what the workers do.
    """
    try:
        made = Redis.from_url(url, **how)
    except ValueError:  # neither the address nor what was said of it is repeated: both may hold a password
        raise ConfigError("redis.away", host="no address: correct CDSYNC_REDIS_URL") from None
    told = made.connection_pool.connection_kwargs
    if "path" not in told and not told.get("password") and not open_allowed:
        raise ConfigError("redis.no_password", host=without_password(url))
    return made


def without_password(url: str) -> str:
    """The address without a password."""
    split = urlsplit(url)
    return split.path if split.scheme == "unix" else f"{split.hostname}:{split.port or 6379}"
