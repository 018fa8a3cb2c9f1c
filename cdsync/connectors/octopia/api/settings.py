"""What the merchant enters for Octopia, declared once; form, validation, masking and docs follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cdsync.errors import ConfigError

from ...base import Setting
from ...http.pacing import Pace, pace_of

SIDE = "marketplace"

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "api_url",
        "Address of the seller API",
        kind="url",
        default="https://api.octopia-io.net/seller/v2",
        help="Octopia's own, unless Octopia tells you another one.",
        identifies=True,
        seldom=True,
    ),
    Setting(
        "token_url",
        "Address for access tokens",
        kind="url",
        default="https://auth.octopia-io.net/auth/realms/maas/protocol/openid-connect/token",
        help="Octopia's own, unless Octopia tells you another one.",
        seldom=True,
    ),
    Setting(
        "client_id",
        "Client id",
        help="From the Octopia API portal, page “API Credentials Management”.",
    ),
    Setting(
        "client_secret",
        "Client secret",
        kind="secret",
        help="Shown once by the Octopia API portal when the credentials are made. Kept encrypted.",
    ),
    Setting(
        "seller_id",
        "Seller number",
        help="Your number on Octopia. An integrator's credentials work only for sellers who delegated to it.",
        identifies=True,
    ),
    Setting(
        "sales_channels",
        "Sales channels",
        kind="list",
        required=False,
        default=["CDISFR"],
        help="Orders of other channels are left alone. CDISFR is Cdiscount France. Empty: every channel.",
        divides=True,
    ),
    Setting(
        "at_once",
        "Requests at the same time",
        kind="number",
        required=False,
        minimum=1,
        maximum=20,
        help="To the API for this seller, of everything that asks it. Empty: 3.",
        seldom=True,
    ),
    Setting(
        "per_minute",
        "Requests a minute",
        kind="number",
        required=False,
        minimum=10,
        maximum=6000,
        help="Octopia names no number; other programs of yours count as well. Empty: 200.",
        seldom=True,
    ),
)
USUAL_PACE = (3, 200)  # requests at once, and in a minute: Octopia has a limit and does not say which


@dataclass(frozen=True)
class Connection:
    """The settings of one seller account, complete and without blanks; the secret in clear."""

    api_url: str
    token_url: str
    client_id: str
    client_secret: str
    seller_id: str
    sales_channels: tuple[str, ...]
    pace: Pace | None = None
    token_pace: Pace | None = None  # of the client, whatever sellers it acts for

    def __repr__(self) -> str:
        """Without the secret: a traceback or a log may show this."""
        return f"Connection({self.api_url!r}, seller {self.seller_id!r})"


def connection(values: Mapping[str, Any]) -> Connection:
    """The settings made ready to use. Raises ConfigError("marketplace.settings_missing") with the key."""
    found: dict[str, str] = {}
    for setting in SETTINGS:
        value = values.get(setting.name) or setting.default
        if setting.kind in ("list", "number"):
            continue
        if value is None or not str(value).strip():
            raise ConfigError("marketplace.settings_missing", setting=setting.name)
        found[setting.name] = str(value).strip()
    found["api_url"] = found["api_url"].rstrip("/")
    pace = pace_of(f"seller {found['seller_id']}", found["api_url"], values, USUAL_PACE)
    token_pace = pace_of(f"client {found['client_id']}", found["token_url"], values, USUAL_PACE)
    channels = _channels(values.get("sales_channels", ["CDISFR"]))
    return Connection(**found, sales_channels=channels, pace=pace, token_pace=token_pace)


def _channels(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value or ()
    return tuple(dict.fromkeys(str(part).strip() for part in parts if str(part).strip()))
