"""A browser without a browser: forms posted with the token of the page they stand on, for the plug-in tests."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def signed_in(client: FlaskClient, prefix: str, name: str, password: str) -> FlaskClient:
    answer = post(client, f"{prefix}/sign-in", {"name": name, "password": password})
    assert (answer.status_code, answer.location) == (303, f"{prefix}/")
    return client


def post(client: FlaskClient, url: str, form: dict[str, Any], *, page: str = "") -> TestResponse:
    """Posts a form as a browser would: with the token of the page it stands on."""
    shown = client.get(page or url).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown) or re.search(r'X-CSRFToken": "([^"]+)"', shown)
    assert token, shown
    return client.post(url, data={**form, "csrf_token": token[1]})
