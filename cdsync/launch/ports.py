"""Which TCP ports `make run` uses: free ones, and those of the last time where it can."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

from cdsync.config import usable


def of_rehearsal(memory: Path) -> list[str]:
    """The ports of the last time where they are free, so that bookmarks keep working; else new free ones."""
    wanted = json.loads(memory.read_text()) if memory.exists() else [0, 0, 0]
    ports = [port if port and not taken(port) else free() for port in wanted]
    with usable(memory.parent):
        memory.write_text(json.dumps(ports))
    names = ("--octopia-port", "--prestashop-port", "--desk-port")
    return [word for name, port in zip(names, ports, strict=True) for word in (name, str(port))]


def free() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def taken(port: int) -> bool:
    """Whether another program listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def wait_for(port: int, tries: int = 200) -> None:
    """Returns when somebody answers there, or after ten seconds."""
    for _ in range(tries):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
