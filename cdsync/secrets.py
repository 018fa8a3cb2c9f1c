"""Encryption of secrets at rest, and keys derived from CDSYNC_SECRET_KEY. Stores nothing, logs nothing.

The newest key encrypts; former ones (CDSYNC_SECRET_KEY_OLD, or the file beside a generated key) only read, until
`settings.rotate` has encrypted everything anew.
"""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from .config import KEY_FOLDER
from .errors import ConfigError
from .installation.key_file import keys as keys_of_file

PREFIX = "enc:"
STORED = "settings"  # what the secrets in the database are encrypted for


def encrypt(text: str, purpose: str = STORED) -> str:
    """The text as "enc:…", readable again only with the same CDSYNC_SECRET_KEY and for the same purpose."""
    return PREFIX + _ciphers(purpose)[0].encrypt(text.encode()).decode()


def decrypt(token: str, purpose: str = STORED) -> str:
    """The text behind "enc:…".

    Raises ConfigError("settings.secret_unreadable") when it was written with another CDSYNC_SECRET_KEY.
    """
    for last in (False, True):  # a generated key may be changed between the two looks at its files
        try:
            return MultiFernet(_ciphers(purpose)).decrypt(token.removeprefix(PREFIX).encode()).decode()
        except InvalidToken:
            if last:
                break
    raise ConfigError("settings.secret_unreadable")  # without the cause, which would hold the token


def renewed(token: str) -> str:
    """A stored secret as the newest key encrypts it: the same token when that one did so already.

    Raises as `decrypt`.
    """
    try:
        _ciphers(STORED)[0].decrypt(token.removeprefix(PREFIX).encode())
    except InvalidToken:
        return encrypt(decrypt(token))
    return token


def is_encrypted(value: object) -> bool:
    """Whether a stored value is one that `encrypt` made."""
    return isinstance(value, str) and value.startswith(PREFIX)


def derive(key: str, purpose: str) -> str:
    """A key for one purpose, URL-safe base64 of 32 bytes: none lets anybody work back to another, or to `key`."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=b"cdsync", info=purpose.encode())
    return base64.urlsafe_b64encode(derivation.derive(key.encode())).decode()


def _ciphers(purpose: str) -> list[Fernet]:
    return [Fernet(derive(key, purpose)) for key in _keys()]


def _keys() -> list[str]:
    """Every key there is, the newest first. A generated one is read anew each time: it may change while we run, and the
    one this process began with stays good for what it holds already."""
    config = current_app.config
    folder = config.get(KEY_FOLDER)
    told = str(config.get("CDSYNC_SECRET_KEY_OLD") or "")
    former = [told, *told.split(",")] if told else []  # a former key may hold a comma itself
    generated = keys_of_file(Path(folder)) if folder else []
    return list(
        dict.fromkeys(filter(None, (*generated, config["CDSYNC_SECRET_KEY"], *(key.strip() for key in former))))
    )
