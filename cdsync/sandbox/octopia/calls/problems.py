"""Answers of the seller API: JSON, and application/problem+json for refusals (RFC 9457). Decides nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from ...server import Response
from .json_text import to_json

TITLES = {
    400: "Validation Failed",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    406: "Not Acceptable",
    409: "Conflict",
    415: "Unsupported Media Type",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
}


class Refused(Exception):
    """A request the API does not carry out; `answer` is what the client gets."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Mapping[str, list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.errors, self.headers = dict(errors or {}), dict(headers or {})

    def answer(self, instance: str) -> Response:
        body = {
            "type": f"https://httpstatuses.io/{self.status}",
            "title": TITLES.get(self.status, "Error"),
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "errors": self.errors,
            "traceId": f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-00",
        }
        headers = {"Content-Type": "application/problem+json; charset=utf-8"} | self.headers
        return Response(self.status, to_json(body).encode(), headers)


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`value` as JSON."""
    merged = {"Content-Type": "application/json; charset=utf-8"} | dict(headers or {})
    return Response(status, to_json(value).encode(), merged)


def gateway_404() -> Response:
    """A path the gateway does not know: its own body, before any sign-in is looked at (measured)."""
    return json_answer({"statusCode": 404, "message": "Resource not found"}, 404)
