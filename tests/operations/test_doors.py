"""What a host puts before a shop while orders are imported: said once, in red, and orders go on where they stood."""

from __future__ import annotations

import pytest

from cdsync import settings
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import line_json, order_json
from tests.conftest import settings_for
from tests.worlds import last_run, order_of


def add(market, **changes):
    lines = [line_json(sku="MUG-ARDOISE", quantity=2, unit_price="9.99", shipping="5.90")]
    return market.add(order_json(lines=lines, **changes))


@pytest.fixture
def ref(account, market, run):
    ref = add(market)
    run(account, "lookup")
    return ref


def imported_once(shop, ref):
    order = order_of(ref)
    assert (order.state, order.problem_code) == ("imported", None)
    assert [each["current_state"] for each in shop.rows("orders")] == ["2"]


@pytest.mark.parametrize("refused", [{"PATCH", "PUT", "DELETE"}, {"POST"}, {"GET", "POST", "PATCH"}])
def test_a_firewall_is_named_and_the_order_goes_on_where_it_stood_afterwards(account, shop, run, ref, refused):
    """Bukimedia/PrestaSharp#102, prestapyt/prestapyt#39."""
    shop.front.refused_methods = frozenset(refused)
    for _ in range(3):
        report = run(account, "import")
        assert report["error"]["code"] == "shop.blocked"
        told = last_run().error_data
        assert told["method"] in refused
        assert (told["status"], told["server"], told["words"]) == (403, "Apache", "403 Forbidden Forbidden")
    made = len(shop.rows("orders"))
    assert made == (1 if "PATCH" in refused and "POST" not in refused else 0)

    shop.front.refused_methods = frozenset()
    assert run(account, "import")["counts"] == {"done": 1}
    imported_once(shop, ref)


def test_an_order_that_is_half_made_shows_what_keeps_it_and_goes_on_by_schedule(account, shop, run, ref):
    shop.front.refused_methods = frozenset({"PATCH"})
    run(account, "import")
    order = order_of(ref)
    assert (order.state, order.problem_code, order.problem_kind) == ("to_import", "shop.blocked", "config")
    assert order.problem_data["method"] == "PATCH"

    shop.front.refused_methods = frozenset()
    run(account, "import", trigger="scheduler")
    imported_once(shop, ref)


def test_a_challenge_page_on_every_request_is_said_and_nothing_is_written(account, shop, run, ref):
    shop.front.challenge = True
    report = run(account, "import")

    assert report["error"]["code"] == "shop.blocked"
    told = last_run().error_data
    assert (told["server"], told["words"][:13]) == ("cloudflare", "Just a moment")
    assert {seen.method for seen in shop.server.log} == {"GET"}
    assert order_of(ref).state == "to_import"


def test_an_answer_that_a_firewall_holds_back_is_looked_up_and_no_second_order_is_made(account, shop, run, ref):
    shop.faults.add(Fault("status_403_after", "POST", "/api/orders"))
    run(account, "import")

    imported_once(shop, ref)
    asked = [seen for seen in shop.server.requests("POST", "/api/orders") if b"<id_cart>" in seen.body]
    assert len(asked) == 1


def test_a_word_of_one_order_that_a_firewall_refuses_stops_that_order_alone(account, market, shop, run):
    names = ("Durand", "Union", "Petit")
    refs = [add(market, billing={"lastName": name}, shipping={"lastName": name}) for name in names]
    run(account, "lookup")
    shop.front.refused_body = "Union"
    report = run(account, "import")

    assert report["state"] == "finished"
    assert [order_of(ref).state for ref in refs] == ["imported", "to_import", "imported"]
    order = order_of(refs[1])
    assert (order.problem_code, order.problem_kind) == ("shop.content_blocked", "rejected")
    assert (order.problem_data["resource"], order.problem_data["status"]) == ("customers", 403)

    shop.front.refused_body = ""
    run(account, "import", order_ids=[order.id])
    assert order_of(refs[1]).state == "imported"
    assert len(shop.rows("orders")) == 3


def test_a_site_password_the_shop_never_sees_lets_the_key_in_by_the_address(account, market, shop, run, ref, caplog):
    shop.front.password = ("visiteur", "pässwort")
    assert run(account, "import")["error"]["code"] == "shop.site_password"

    document = settings_for(market, shop)
    document["shop"] |= {"site_user": "visiteur", "site_password": "pässwort"}
    run(settings.load(document), "import")
    imported_once(shop, ref)
