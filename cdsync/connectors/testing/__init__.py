"""The public contract suite: what a marketplace or a shop connector is held to, by whoever writes one.

    from cdsync.connectors.testing import MarketplaceContract, RemoteMarketplace

    class TestMine(MarketplaceContract):
        @pytest.fixture
        def remote(self) -> RemoteMarketplace: ...

docs/connectors.md walks through it. Needs pytest (`pip install cdsync[testing]`), so nothing of cdsync imports it.
"""

from __future__ import annotations

import pytest

_CHECKING = ("imports", "marketplace", "shapes", "shop", "wire")
pytest.register_assert_rewrite(*(f"{__name__}.{each}" for each in _CHECKING))

from .journal import Clock, MemoryJournal  # noqa: E402
from .marketplace import MarketplaceContract  # noqa: E402
from .remotes import HOME, Remote, RemoteMarketplace, RemoteOrder, RemoteShop, RemoteShopOrder, Sold  # noqa: E402
from .shop import ShopContract  # noqa: E402

__all__ = [
    "HOME",
    "Clock",
    "MarketplaceContract",
    "MemoryJournal",
    "Remote",
    "RemoteMarketplace",
    "RemoteOrder",
    "RemoteShop",
    "RemoteShopOrder",
    "ShopContract",
    "Sold",
]
