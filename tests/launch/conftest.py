"""People at a browser, who meet the web server as it is started."""

from __future__ import annotations

from tests.web.conftest import merchant, queued, seller, stranger, support

__all__ = ["merchant", "queued", "seller", "stranger", "support"]
