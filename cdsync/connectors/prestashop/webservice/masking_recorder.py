"""What of an exchange is never kept: the webservice key, and what proves who a customer is."""

from __future__ import annotations

import re
from dataclasses import replace

from ...base import Exchange, Recorder

HIDDEN = "…"
_SECRET_TAGS = re.compile(r"(<(passwd|secure_key|reset_password_token)\b[^>]*>).*?(</\2>)", re.S)


class MaskingRecorder:
    """Takes the key, and passwords and keys of customers, out of what is recorded; all else goes through untouched."""

    def __init__(self, recorder: Recorder, key: str) -> None:
        self._recorder = recorder
        self._key = key

    def sending(self) -> None:
        self._recorder.sending()

    def record(self, exchange: Exchange) -> None:
        self._recorder.record(
            replace(
                exchange,
                url=exchange.url.replace(self._key, HIDDEN),
                request_body=self._clean(exchange.request_body),
                response_body=self._clean(exchange.response_body),
            )
        )

    def _clean(self, body: str) -> str:
        return _SECRET_TAGS.sub(rf"\1{HIDDEN}\3", body).replace(self._key, HIDDEN)
