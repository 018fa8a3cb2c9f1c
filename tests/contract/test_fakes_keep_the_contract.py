"""The marketplace and the shop in memory, which most tests of the operations lean on, are what a real one is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from remote_fakes import FakeMarketplaceRemote, FakeShopRemote, world

from cdsync.connectors.testing import MarketplaceContract, ShopContract


class TestFakeMarketplace(MarketplaceContract):
    @pytest.fixture
    def remote(self) -> Iterator[FakeMarketplaceRemote]:
        with world():
            yield FakeMarketplaceRemote()


class TestFakeShop(ShopContract):
    @pytest.fixture
    def remote(self) -> Iterator[FakeShopRemote]:
        with world():
            yield FakeShopRemote()
