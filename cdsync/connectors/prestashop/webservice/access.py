"""How cdsync shows itself to a shop: the webservice key, and the password of a site that has one. Sends nothing.

webservice/dispatcher.php takes the key from the user name of HTTP Basic, and from `ws_key` in the address only when no
such header reaches PHP. So with a site password on that header, or a server that drops it, the key goes in the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cdsync.errors import AccessRefusedError, CdsyncError, ConfigError

from .errors import KeyRefusedError, SitePasswordError

IN_HEADER, IN_ADDRESS = "header", "address"
TAKEN_FOR_THE_KEY = ("(error 17)", "(error 18)")  # empty, or not of 32 characters: not the key that was sent


@dataclass(frozen=True)
class Access:
    """A key and, perhaps, the site's own user name and password; all in clear, never shown."""

    key: str = field(repr=False)
    site_user: str = field(default="", repr=False)
    site_password: str = field(default="", repr=False)
    key_sent: str = IN_HEADER

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Access:
        """From the connector's settings. Raises ConfigError `shop.settings_missing`."""

        def text(name: str) -> str:
            return str(values.get(name) or "").strip()

        if not text("key"):
            raise ConfigError("shop.settings_missing", setting="key")
        if bool(text("site_user")) != bool(text("site_password")):
            raise ConfigError("shop.settings_missing", setting="site_password" if text("site_user") else "site_user")
        return cls(text("key"), text("site_user"), text("site_password"), text("key_sent") or IN_HEADER)

    @property
    def auth(self) -> tuple[str | bytes, str | bytes] | None:
        """User name and password of the Authorization header; None: the header stays away.

        A site's are sent as UTF-8 (RFC 7617), whatever letters they have.
        """
        if self.site_user:
            return self.site_auth
        return (self.key, "") if self.key_sent == IN_HEADER else None

    @property
    def site_auth(self) -> tuple[bytes, bytes] | None:
        """The site's own user name and password, if it has any."""
        return (self.site_user.encode(), self.site_password.encode()) if self.site_user else None

    @property
    def query(self) -> Mapping[str, str]:
        """What the address must carry of the key."""
        return {"ws_key": self.key} if self.site_user or self.key_sent == IN_ADDRESS else {}

    def meaning(self, error: CdsyncError) -> CdsyncError:
        """The error itself, or what it stands for when the site's user name was taken for the key."""
        refused = isinstance(error, KeyRefusedError) and str(error.data["detail"]).endswith(TAKEN_FOR_THE_KEY)
        if refused and self.site_user and len(self.key) == 32:
            return AccessRefusedError("shop.site_password_passed_on")
        if isinstance(error, SitePasswordError) and self.site_user:
            return AccessRefusedError("shop.site_password_refused", **error.data)
        return error
