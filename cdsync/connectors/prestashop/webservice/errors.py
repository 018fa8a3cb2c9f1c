"""What the connector itself goes by among the errors of a shop's webservice: the class says it, the code tells people.

A connector knows its own errors by their class and never by their code: the catalogue is above it (decision 0053).
"""

from __future__ import annotations

from cdsync.errors import AccessRefusedError, ConfigError, RejectedError, TemporaryError

from ...http.transient_errors import TransientError


class RightMissingError(ConfigError):
    """The key may not read or write one resource. Some of it the import can do without."""


class WebserviceMissingError(ConfigError):
    """No webservice answers there: another address may have it."""


class UnreadableError(TransientError):
    """Some page answered a read, but not of a webservice."""


class OddValueError(TemporaryError):
    """A document of the webservice holds a text where PrestaShop has a number or a date; data: `field`."""


class KeyRefusedError(AccessRefusedError):
    """The webservice itself does not know the key, or not as it reached PHP; data: `detail`, its own words."""


class SitePasswordError(AccessRefusedError):
    """What stands before the shop asks for a user name and a password."""


class BlockedError(ConfigError):
    """A firewall's refusal. Of a write it proves nothing: some let the request through and hold back the answer."""


class ContentBlockedError(RejectedError):
    """A firewall lets the method pass, but not what this body holds; as above, perhaps it held back only the answer."""
