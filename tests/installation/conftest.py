"""An application of its own for each test, and connectors with a setting of every kind."""

from __future__ import annotations

from tests.foundation.conftest import _plain_environment, app, document, plain

__all__ = ["_plain_environment", "app", "document", "plain"]
