"""Whether something in front of a host answered in its place: a firewall, a challenge page, a redirect. Sends nothing.

Knows nothing of Octopia or PrestaShop. A page for people where a program asked is told by what it says of itself:
the header `cf-mitigated` is Cloudflare's own sign of a challenge, `x-amzn-waf-action` that of AWS WAF.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from .answer import Answer

REDIRECTS = (301, 302, 303, 307, 308)
_CHALLENGES = ("cf-mitigated", "x-amzn-waf-action")
_MARKS = re.compile(
    rb"/cdn-cgi/challenge-platform/|cf-browser-verification|_Incapsula_Resource|/_sec/cp_challenge/|sgcaptcha", re.I
)
_NOT_DECIDED = (408, 425, 429)  # no rule against the request: it came too slowly, too early, or too often


def seen(answer: Answer, method: str, host: str, *secrets: str) -> dict[str, Any]:
    """What an error says of an answer: asked how, of whom, the status, who answered and its first words.

    `secrets` are taken out of the words: a page may repeat the address it was asked by.
    """
    words = answer.words
    for secret in filter(None, secrets):
        words = words.replace(secret, "…")
    return {"host": host, "method": method, "status": answer.status, "server": answer.server, "words": words}


def is_challenge(answer: Answer) -> bool:
    """A page that wants a person to prove that he is one; it comes with any status (Cloudflare 403, formerly 503)."""
    if any(name in answer.headers for name in _CHALLENGES):
        return True
    is_json = answer.body.lstrip()[:1] in (b"{", b"[")  # no page, whatever an order in it may quote
    return not is_json and bool(_MARKS.search(answer.body[:100_000]))


def is_refusal(answer: Answer) -> bool:
    """A rule refused the request: a status that blames it, in an answer that the asked program did not give.

    The caller has seen that the answer is none of the program's own.
    """
    return 400 <= answer.status < 500 and answer.status not in _NOT_DECIDED


def moved_to(answer: Answer) -> str:
    """Where a redirect points, in full and without its query; "" when it says nothing or no address."""
    try:
        return urljoin(answer.url.partition("?")[0], answer.sent_to) if answer.sent_to else ""
    except ValueError:
        return answer.sent_to


def only_wants_https(answer: Answer) -> bool:
    """The redirect leads to the same host, by https instead of http."""
    try:
        asked, to = urlsplit(answer.url), urlsplit(moved_to(answer))
        return (asked.scheme, to.scheme) == ("http", "https") and asked.hostname == to.hostname
    except ValueError:
        return False
