"""What the webservice answers when it refuses or dies, as exceptions. Raising is the only behaviour here."""

from __future__ import annotations


class Refused(Exception):
    """An `errors` document: (code, message) pairs with the HTTP status of the last one."""

    def __init__(self, status: int, *errors: tuple[int, str]) -> None:
        super().__init__(errors)
        self.status = status
        self.errors = list(errors)


class Crashed(Exception):
    """PHP died: 500, text/html, and a sentence or nothing at all; what was stored before stays."""

    def __init__(self, sentence: str = "", status: int = 500) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class NotFound(Exception):
    """404 with an empty body and no content type."""
