"""What a built-in connector asks for is known without loading it, and is what the connector itself says."""

from __future__ import annotations

import pytest

from cdsync import connectors


@pytest.mark.parametrize("name", connectors.MARKETPLACES)
def test_a_marketplace_says_the_same_loaded_or_not(name: str) -> None:
    assert connectors.declared_settings("marketplace", name) == connectors.marketplace_class(name).settings


@pytest.mark.parametrize("name", connectors.SHOPS)
def test_a_shop_says_the_same_loaded_or_not(name: str) -> None:
    assert connectors.declared_settings("shop", name) == connectors.shop_class(name).settings
