"""Both rehearsal systems as one: started, filled, saved, restored, reset. Shows no pages."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from .. import scenarios
from ..octopia import OctopiaSandbox
from ..prestashop import PrestaShopSandbox
from ..server import SandboxServer

MEMBERS = ("octopia", "prestashop")
TICK = 0.25
QUIET = 1.0  # a change is saved once nothing else happened for this long…
LATEST = 5.0  # …but after this long in any case

log = logging.getLogger(__name__)


class Rehearsal:
    """The marketplace, the shop, and the file that keeps their state between two starts."""

    def __init__(self, version: str = "9.1.4", state: Path | None = None, scenario: str = "rehearsal") -> None:
        self.version, self.state, self.scenario = version, state, scenario
        self.market = OctopiaSandbox()
        self.shop = PrestaShopSandbox(version)
        self._blank = self.pack()
        self._saving = threading.Lock()
        self._stop = threading.Event()
        self._changed_at: float | None = None  # the first change not saved yet
        self._last_change = 0.0
        self._seen = {"octopia": 0, "prestashop": 0}
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def start(self, octopia_port: int = 0, prestashop_port: int = 0) -> Rehearsal:
        """Restores the state file, or fills both systems, then serves. ValueError when the file is damaged."""
        if self.state and self.state.exists():
            self.unpack(self.state.read_bytes())
        else:
            self._fill()
            self.changed()
        self.market.start(octopia_port)
        self.shop.start(prestashop_port)
        self._watcher.start()
        return self

    def stop(self) -> None:
        """Stops serving and saves what there is."""
        self._stop.set()
        self._watcher.join(timeout=10)
        self.market.stop()
        self.shop.stop()
        self.save()

    def servers(self) -> dict[str, SandboxServer]:
        return {"octopia": self.market.server, "prestashop": self.shop.server}

    def connections(self) -> dict[str, Any]:
        """What a client needs: addresses, credentials, and the `orders` settings that fit this shop."""
        market = self.market
        return {
            "octopia": {
                "api_url": market.api_url,
                "token_url": market.token_url,
                "client_id": market.client_id,
                "client_secret": market.client_secret,
                "seller_id": market.seller_id,
            },
            "prestashop": {"url": self.shop.url, "key": self.shop.key},
            "orders": scenarios.suggested_settings(self.shop),
        }

    def reset(self) -> None:
        """Back to the opening: new orders dated from now, no faults, empty logs. Tokens given stay alive."""
        tokens = dict(self.market.tokens.alive)
        self.unpack(self._blank)
        self.market.tokens.alive = tokens
        self._fill()
        for server in self.servers().values():
            server.faults.clear()
            server.log.clear()
        self._seen = dict.fromkeys(self._seen, 0)
        self.changed()

    def changed(self) -> None:
        """Something happened that is worth saving."""
        now = time.monotonic()
        self._changed_at = self._changed_at or now
        self._last_change = now

    def pack(self) -> bytes:
        """Both systems' state as one file's bytes."""
        held = BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("octopia", self.market.snapshot())
            archive.writestr("prestashop", self.shop.snapshot())
        return held.getvalue()

    def unpack(self, data: bytes) -> None:
        """Takes both systems' state from `pack`'s bytes. ValueError when they are none."""
        try:
            with zipfile.ZipFile(BytesIO(data)) as archive:
                market, shop = (archive.read(name) for name in MEMBERS)
        except (zipfile.BadZipFile, KeyError) as error:
            raise ValueError(f"not a rehearsal's state: {error}") from error
        self.market.restore(market)
        self.shop.restore(shop)

    def save(self) -> None:
        """Writes the state file whole or not at all."""
        if not self.state:
            return
        with self._saving:
            self._changed_at = None
            data = self.pack()
            self.state.parent.mkdir(parents=True, exist_ok=True)
            with _beside(self.state) as (descriptor, name):
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                os.replace(name, self.state)

    def _fill(self) -> None:
        if self.scenario == "rehearsal":
            self.market.accept_delay = 20.0
            self.market.ship_delay = 2.0
            scenarios.load(self.market, self.shop)

    def _watch(self) -> None:
        while not self._stop.wait(TICK):
            if scenarios.react(self.market, self.shop) or self._new_writes():
                self.changed()
            now = time.monotonic()
            if self._changed_at and (now - self._last_change > QUIET or now - self._changed_at > LATEST):
                self._save_or_warn()

    def _save_or_warn(self) -> None:
        try:
            self.save()
        except OSError as error:
            log.warning("The rehearsal's state was not saved: %s", error)
            self.changed()

    def _new_writes(self) -> bool:
        found = False
        for name, server in self.servers().items():
            fresh = server.log[self._seen[name] :]
            self._seen[name] += len(fresh)
            found = found or any(seen.method != "GET" for seen in fresh)
        return found


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[tuple[int, str]]:
    """A new file in the same folder, gone again unless it was renamed."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        yield descriptor, name
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
