""" "Test connection" against what hosts put before a shop: each is named, and nothing is changed by asking."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cdsync.connectors.base import Check
from cdsync.connectors.http.answer import Answer
from cdsync.connectors.prestashop import PrestaShop
from cdsync.connectors.prestashop.webservice import answers
from cdsync.error_catalogue import explain
from cdsync.errors import ConfigError
from cdsync.sandbox.prestashop import Front, PrestaShopSandbox
from tests.connectors.prestashop.shop import VERSIONS, Kept, connector, draft, one, rehearsal_shop, run


@pytest.fixture
def shop() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as running:
        yield running


def failed(checks: list[Check]) -> dict[str, str | None]:
    return {check.name: check.code for check in checks if not check.ok}


def stored(shop: PrestaShopSandbox) -> dict[str, list[dict[str, str]]]:
    return {name: rows for name in shop.shop.resources if (rows := shop.rows(name))}


def told(checks: list[Check]) -> Check:
    (check,) = [check for check in checks if not check.ok]
    return check


@pytest.mark.parametrize("version", VERSIONS)
def test_each_method_an_import_needs_is_proved_and_nothing_is_changed(version: str) -> None:
    with rehearsal_shop(version) as shop:
        before = stored(shop)
        checks = connector(shop).check()

        change = "PUT" if version.startswith("1.7") else "PATCH"
        assert failed(checks) == {}
        assert [c.name for c in checks if c.name.startswith("way")] == ["way GET", "way POST", f"way {change}"]
        assert stored(shop) == before
        refused = {(seen.method, seen.status) for seen in shop.server.log if seen.method != "GET"}
        assert refused == {("POST", 400), (change, 400)}


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_firewall_that_lets_reading_pass_is_found_all_the_same(shop: PrestaShopSandbox, method: str) -> None:
    """Bukimedia/PrestaSharp#102: the test was green, and every import failed."""
    shop.front.refused_methods = frozenset({method})
    check = told(connector(shop).check())

    assert (check.name, check.code) == (f"way {method}", "shop.blocked")
    assert check.data == {
        "host": shop.url.removeprefix("http://"),
        "method": method,
        "status": 403,
        "server": "Apache",
        "words": "403 Forbidden Forbidden",
    }


@pytest.mark.parametrize("version", ["1.7.8.11"])
def test_before_8_it_is_put_that_must_pass(version: str) -> None:
    with rehearsal_shop(version) as shop:
        shop.front.refused_methods = frozenset({"PUT"})

        assert failed(connector(shop).check()) == {"way PUT": "shop.blocked"}


def test_a_firewall_that_dislikes_the_signs_of_a_question_is_found(shop: PrestaShopSandbox) -> None:
    shop.front.refused_query = r"\[.*\|.*\]"

    assert failed(connector(shop).check())["way GET"] == "shop.blocked"


def test_a_challenge_page_is_one_line(shop: PrestaShopSandbox) -> None:
    shop.front.challenge = True
    check = told(connector(shop).check())

    assert (check.code, check.data["server"], explain("shop.blocked").severity) == ("shop.blocked", "cloudflare", "red")


def test_a_host_that_drops_the_key_is_named_and_the_key_in_the_address_gets_through(shop: PrestaShopSandbox) -> None:
    shop.front.drops_authorization = True
    assert told(connector(shop).check()).code == "shop.key_not_passed"

    assert failed(connector(shop, key_sent="address").check()) == {}
    one(run(connector(shop, key_sent="address"), draft()))


def test_a_site_password_is_named_whether_missing_wrong_or_handed_on(shop: PrestaShopSandbox) -> None:
    shop.front.password = ("visiteur", "secret")
    check = told(connector(shop).check())
    assert (check.code, check.data["wanted"]) == ("shop.site_password", 'Basic realm="Site en construction"')
    wrong = connector(shop, site_user="visiteur", site_password="sesame")
    assert told(wrong.check()).code == "shop.site_password_refused"

    right = {"site_user": "visiteur", "site_password": "secret"}
    assert failed(connector(shop, **right).check()) == {}
    shop.front.passes_password_on = True
    assert told(connector(shop, **right).check()).code == "shop.site_password_passed_on"


def test_neither_key_nor_site_password_is_in_anything_that_is_kept(shop: PrestaShopSandbox) -> None:
    shop.front.password = ("visiteur", "s3cr3t-passwort")
    shop.front.refused_body = "id_cart"
    recorder = Kept()
    presta = connector(shop, recorder=recorder, site_user="visiteur", site_password="s3cr3t-passwort")
    results = run(presta, draft())

    assert any("ws_key" in seen.query for seen in shop.server.log)
    kept = f"{recorder.exchanges} {results}"
    assert len(recorder.exchanges) > 5
    assert shop.key not in kept
    assert "ws_key" not in kept
    assert "s3cr3t" not in kept


def test_a_failure_of_the_connection_does_not_tell_the_key_in_its_cause(shop: PrestaShopSandbox) -> None:
    """urllib3 writes the whole address into its message, and a traceback would show it."""
    presta = connector(shop, key_sent="address")
    shop.stop()
    check = told(presta.check())
    assert check.code == "shop.unreachable"
    with pytest.raises(Exception, match="unreachable") as caught:
        presta.reference_data()
    shop.start()

    assert shop.key not in f"{caught.value!r} {caught.value.__cause__!r}"


@pytest.mark.parametrize("given", [{"site_user": "visiteur"}, {"site_password": "secret"}])
def test_half_a_site_password_is_named(shop: PrestaShopSandbox, given: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        connector(shop, **given)

    assert caught.value.code == "shop.settings_missing"
    assert caught.value.data["setting"] not in given


def test_a_shop_that_wants_https_says_which_address_to_enter(shop: PrestaShopSandbox) -> None:
    shop.front.https_only = True
    check = told(connector(shop).check())

    assert (check.code, check.data["address"]) == ("shop.https_wanted", shop.url.replace("http://", "https://"))


def test_a_shop_in_a_folder_is_found_without_sending_the_key_about(shop: PrestaShopSandbox) -> None:
    host = shop.url
    shop.front = Front(folder="/boutique")
    check = told(PrestaShop({"url": host, "key": shop.key}, Kept()).check())
    assert (check.code, check.data["address"]) == ("shop.in_folder", f"{host}/boutique")
    check = told(PrestaShop({"url": f"{host}/boutique/fr/accueil", "key": shop.key}, Kept()).check())
    assert (check.code, check.data["address"]) == ("shop.in_folder", f"{host}/boutique")

    assert failed(connector(shop).check()) == {}
    one(run(connector(shop), draft()))


def test_no_shop_anywhere_stays_missing(shop: PrestaShopSandbox) -> None:
    shop.front.folder = "/quite/elsewhere"

    assert told(PrestaShop({"url": shop.server.url, "key": shop.key}, Kept()).check()).code == "shop.webservice_missing"


def test_a_shop_number_that_is_none_is_named() -> None:
    error = b"<error><code>999</code><message>This shop id does not exist</message></error>"
    document = b"<prestashop><errors>" + error + b"</errors></prestashop>"
    with pytest.raises(ConfigError) as caught:
        answers.rows(Answer(404, document, {}, "http://x"), "orders", "GET", "x")

    assert caught.value.code == "shop.number_unknown"
