"""Encryption of secrets at rest, and keys derived from the one CDSYNC_SECRET_KEY. Stores nothing, logs nothing."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from .errors import ConfigError

PREFIX = "enc:"
STORED = "settings"  # what the secrets in the database are encrypted for


def encrypt(text: str, purpose: str = STORED) -> str:
    """The text as "enc:…", readable again only with the same CDSYNC_SECRET_KEY and for the same purpose."""
    return PREFIX + _cipher(purpose).encrypt(text.encode()).decode()


def decrypt(token: str, purpose: str = STORED) -> str:
    """The text behind "enc:…".

    Raises ConfigError("settings.secret_unreadable") when it was written with another CDSYNC_SECRET_KEY.
    """
    try:
        return _cipher(purpose).decrypt(token.removeprefix(PREFIX).encode()).decode()
    except InvalidToken:
        raise ConfigError("settings.secret_unreadable") from None  # the cause would hold the token


def is_encrypted(value: object) -> bool:
    """Whether a stored value is one that `encrypt` made."""
    return isinstance(value, str) and value.startswith(PREFIX)


def derive(key: str, purpose: str) -> str:
    """A key for one purpose, URL-safe base64 of 32 bytes: none lets anybody work back to another, or to `key`."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=b"cdsync", info=purpose.encode())
    return base64.urlsafe_b64encode(derivation.derive(key.encode())).decode()


def _cipher(purpose: str) -> Fernet:
    return Fernet(derive(current_app.config["CDSYNC_SECRET_KEY"], purpose))
