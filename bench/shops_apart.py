"""Marketplaces and shops for several accounts, each pair in a process of its own: they share no processor time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios.catalogue import fill_shop

from .rehearsed import document
from .slow_shop import Slow
from .two_line_orders import add_orders

Sides = list[tuple[int, Connection]]  # of each account: the process, and a way to talk to it


def serve(number: int, seconds: float, parent: Connection) -> None:
    """One account's marketplace and shop; more orders, and the shop's requests since, whenever the parent asks."""
    market, shop = OctopiaSandbox(seller_id=str(1000 + number)).start(), PrestaShopSandbox(demo=False)
    fill_shop(shop)
    shop.start()
    shop.server.faults = Slow(seconds)
    parent.send(document(market, shop, 60) | {"account": f"shop {number}"})
    with suppress(EOFError):
        while (orders := parent.recv()) is not None:
            add_orders(market, shop, orders)
            parent.send(len(shop.server.log))
            shop.server.log.clear()
    market.stop()
    shop.stop()


@contextmanager
def sides(shops: int, seconds: float) -> Iterator[tuple[Sides, list[dict[str, Any]]]]:
    """The processes of all shops, with a way to talk to each, and their settings documents."""
    spawn, found, documents = get_context("spawn"), [], []
    processes = []
    try:
        for number in range(shops):
            here, there = spawn.Pipe()
            process = spawn.Process(target=serve, args=(number, seconds, there), daemon=True)
            process.start()
            processes.append(process)
            documents.append(here.recv())
            found.append((int(process.pid or 0), here))
        yield found, documents
    finally:
        for process in processes:
            process.terminate()
            process.join()
