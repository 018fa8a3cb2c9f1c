"""The people who sign in: who they are, their passwords, what a wrong try costs, where they are signed in.

Knows nothing of pages or cookies.
"""

from . import passwords, sign_ins, tries
from .choices import LANGUAGES, keep_choices, time_zones
from .people import (
    MERCHANT,
    ROLES,
    SHORTEST_PASSWORD,
    SUPPORT,
    add,
    anybody,
    disable,
    enable,
    every,
    find,
    folded,
    remove,
    set_password,
    set_role,
)
from .signing_in import NameDisabled, SignInRefused, TooManyTries, authenticate, change_password
from .tries import Source

__all__ = [
    "LANGUAGES", "MERCHANT", "ROLES", "SHORTEST_PASSWORD", "SUPPORT",
    "NameDisabled", "SignInRefused", "Source", "TooManyTries",
    "add", "anybody", "authenticate", "change_password", "disable", "enable", "every", "find", "folded", "keep_choices",
    "passwords", "remove", "set_password", "set_role", "sign_ins", "time_zones", "tries",
]  # fmt: skip
