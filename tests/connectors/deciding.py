"""Which class of an error decides what happens next, whatever class of its own a connector knows it by."""

from __future__ import annotations

from cdsync import errors
from cdsync.errors import CdsyncError


def deciding(error: BaseException) -> type[CdsyncError]:
    """The nearest class of `cdsync.errors` that the error is of."""
    return next(each for each in type(error).__mro__ if each.__module__ == errors.__name__)
