"""Who answered, told by what was seen."""

from __future__ import annotations

import pytest

from cdsync.connectors.http.answer import Answer
from cdsync.connectors.http.intermediaries import is_challenge, is_refusal, moved_to, only_wants_https, seen


def answer(status: int = 403, body: str = "", url: str = "http://shop.test/api/orders?a=b", **headers: str) -> Answer:
    from requests.structures import CaseInsensitiveDict

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, body.encode(), CaseInsensitiveDict(named), url)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", ""),
        ("Forbidden", "Forbidden"),
        (
            "<html><head><title>403  Forbidden</title></head><body>\n<h1>Go&nbsp;away</h1></body>",
            "403 Forbidden Go away",
        ),
        ("<style>p{}</style><!-- build 7 --><p>Bloqu&eacute;</p><script>var x=1</script>", "Bloqué"),
        ("<script>never closed", ""),
        ("Your request from me@shop.example was blocked", "Your request from … was blocked"),
        ("line\x00one\r\nline\u202etwo", "line one line two"),
        ("x" * 500, "x" * 80),
    ],
)
def test_the_first_words_are_those_a_person_would_see(body: str, words: str) -> None:
    assert answer(body=body).words == words


def test_a_page_that_repeats_the_address_does_not_tell_the_key() -> None:
    told = seen(answer(body="Blocked: /api/orders?ws_key=K123"), "GET", "shop.test", "K123")
    assert told["words"] == "Blocked: /api/orders?ws_key=…"


def test_a_server_without_a_name_is_said_to_have_none() -> None:
    assert answer(Server="cloudflare").server == "cloudflare"
    assert answer().server == "a server that does not say its name"


@pytest.mark.parametrize("status", [400, 401, 403, 405, 406, 409, 413, 418, 451])
def test_a_status_that_blames_the_request_is_a_refusal(status: int) -> None:
    assert is_refusal(answer(status))


@pytest.mark.parametrize("status", [200, 302, 408, 425, 429, 500, 503])
def test_what_comes_too_often_or_too_slowly_is_none(status: int) -> None:
    assert not is_refusal(answer(status))


def test_a_challenge_is_known_by_its_header_or_its_page_whatever_its_status() -> None:
    assert is_challenge(answer(403, cf_mitigated="challenge"))
    assert is_challenge(answer(202, x_amzn_waf_action="challenge"))
    assert is_challenge(answer(503, "<script src=/cdn-cgi/challenge-platform/x></script>"))
    assert not is_challenge(answer(403, "<h1>Forbidden</h1>"))
    assert not is_challenge(answer(200, '{"items": [{"productTitle": "/cdn-cgi/challenge-platform/"}]}'))


@pytest.mark.parametrize(
    ("location", "to", "https"),
    [
        ("https://shop.test/api/orders?ws_key=K", "https://shop.test/api/orders", True),
        ("https://www.shop.test/api/orders", "https://www.shop.test/api/orders", False),
        ("/login?next=x", "http://shop.test/login", False),
        ("http://[::1", "http://[::1", False),
        ("", "", False),
    ],
)
def test_where_a_redirect_leads_is_told_in_full_without_its_query(location: str, to: str, https: bool) -> None:
    found = answer(301, Location=location)
    assert (moved_to(found), only_wants_https(found)) == (to, https)
