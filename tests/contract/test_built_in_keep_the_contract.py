"""Octopia and PrestaShop keep what a connector promises, each against its rehearsal system."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from remote_sandboxes import OctopiaRemote, PrestaShopRemote, octopia, prestashop

from cdsync.connectors.testing import MarketplaceContract, ShopContract


class TestOctopia(MarketplaceContract):
    @pytest.fixture
    def remote(self) -> Iterator[OctopiaRemote]:
        with octopia() as remote:
            yield remote


class TestPrestaShop(ShopContract):
    @pytest.fixture
    def remote(self) -> Iterator[PrestaShopRemote]:
        with prestashop() as remote:
            yield remote
