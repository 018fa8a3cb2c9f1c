"""The token address (OpenID Connect, client_credentials) and the tokens given out. Knows no orders.

Facts: form body, 7200 seconds, no refresh token, at most 500 tokens an hour; errors either as problem+json
(official page) or as Keycloak's error and error_description (one client).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from urllib.parse import parse_qs

from ..server import Request, Response
from .book.variants import Variants
from .calls.problems import Refused, json_answer

PATH = "/auth/realms/maas/protocol/openid-connect/token"
LIFETIME = 7200
TOKENS_PER_HOUR = 500


class TokenDesk:
    """Gives tokens to one client and knows which are alive. Times are seconds since the epoch."""

    def __init__(
        self, client_id: str, client_secret: str, variants: Callable[[], Variants], now: Callable[[], float]
    ) -> None:
        self.client_id, self.client_secret = client_id, client_secret
        self._variants = variants
        self.lifetime = LIFETIME
        self.alive: dict[str, float] = {}  # token -> dead at
        self.given: list[float] = []
        self._now = now

    def expire(self) -> None:
        """Every token given so far is dead from now on."""
        self.alive.clear()

    def knows(self, token: str) -> bool:
        return self.alive.get(token, 0.0) > self._now()

    def answer(self, request: Request) -> Response:
        """What a request to the token address gets."""
        try:
            self._check(request)
        except Refused as refusal:
            return self._refusal(refusal, request)
        now = self._now()
        self.alive = {token: end for token, end in self.alive.items() if end > now}
        token = f"eyJhbGciOiJSUzI1NiJ9.{secrets.token_urlsafe(48)}.{secrets.token_urlsafe(32)}"
        self.alive[token] = now + self.lifetime
        self.given.append(now)
        body = {
            "access_token": token,
            "expires_in": self.lifetime,
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "scope": "email profile",
        }
        return json_answer(body, headers={"Cache-Control": "no-store"})

    def _check(self, request: Request) -> None:
        if request.method != "POST":
            raise Refused(405, "HTTP 405 Method Not Allowed")
        if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            raise Refused(415, "HTTP 415 Unsupported Media Type")
        form = {key: values[0] for key, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "client_credentials":
            raise Refused(400, "Unsupported grant_type", {"unsupported_grant_type": ["grant_type"]})
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            raise Refused(401, "Invalid client or Invalid client credentials", {"unauthorized_client": ["client_id"]})
        now = self._now()
        self.given = [at for at in self.given if at > now - 3600]
        if len(self.given) >= TOKENS_PER_HOUR:
            raise Refused(429, "500 tokens per hour", {"too_many_requests": ["token"]})

    def _refusal(self, refusal: Refused, request: Request) -> Response:
        if self._variants().token_error == "problem":
            return refusal.answer(request.path)
        error = next(iter(refusal.errors), "invalid_request")
        return json_answer({"error": error, "error_description": refusal.detail}, refusal.status)
