"""Which customer an order gets: one alias per marketplace buyer, and never another buyer's account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from cdsync.connectors.base import OrderDraft
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.journal import MemoryJournal
from tests.connectors.prestashop.shop import HOME, POLICY, Kept, connector, draft, drafts, failure, rehearsal_shop, run

GIVEN = replace(POLICY, customer_email="marketplace")


@pytest.fixture(params=("9.1.4", "1.7.8.11"))
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop(request.param) as running:
        yield running


def emails(shop: PrestaShopSandbox) -> list[str]:
    return [row["email"] for row in shop.rows("customers")]


def mailed(email: str, ref: str = "26112310140K7QX", name: str = "Durand", customer: str = "") -> OrderDraft:
    home = replace(HOME, email=email, last_name=name)
    return draft(ref, delivery=home, invoice=home, customer_ref=customer or f"buyer of {ref}")


def customer_of(shop: PrestaShopSandbox, ref: str) -> str:
    return next(row["id_customer"] for row in shop.rows("orders") if row["payment"].endswith(ref))


def test_the_alias_takes_no_mail_and_hides_the_buyers_address(shop: PrestaShopSandbox) -> None:
    run(connector(shop), mailed("jeanne@example.com"))

    (email,) = emails(shop)
    assert email.endswith("@marketplace.invalid")
    assert "jeanne" not in email


def test_two_orders_of_one_buyer_share_the_customer_with_addresses_of_their_own(shop: PrestaShopSandbox) -> None:
    first, second, third = (draft(ref, customer_ref="B1") for ref in ("REF1", "REF2", "REF3"))
    run(connector(shop), first)
    run(connector(shop), [second, third])

    assert len(emails(shop)) == 1
    assert {row["id_customer"] for row in shop.rows("orders")} == {"1"}
    assert [row["alias"] for row in shop.rows("addresses")] == [f"REF{n} {kind}" for n in (1, 2, 3) for kind in "DI"]


def test_a_known_alias_posted_alone_is_found_after_the_shop_refuses_it(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft("REF1", customer_ref="B1"))
    run(connector(shop), draft("REF2", customer_ref="B1"))

    assert [seen.status for seen in shop.server.requests("POST", "/api/customers")] == [201, 500]
    assert customer_of(shop, "REF1") == customer_of(shop, "REF2")


def test_buyers_behind_one_relay_address_are_not_merged(shop: PrestaShopSandbox) -> None:
    run(connector(shop), [mailed("x@clemarche.com", "REF1"), mailed("x@clemarche.com", "REF2")], GIVEN)

    assert len(set(emails(shop))) == 2
    assert all(email.endswith("@marketplace.invalid") for email in emails(shop))


def test_buyers_of_one_batch_with_the_same_address_are_not_merged(shop: PrestaShopSandbox) -> None:
    run(connector(shop), [mailed("family@example.com", "REF1"), mailed("family@example.com", "REF2")], GIVEN)

    assert customer_of(shop, "REF1") != customer_of(shop, "REF2")
    assert emails(shop)[0] == "family@example.com"


def test_the_given_address_is_used_when_the_merchant_wants_it(shop: PrestaShopSandbox) -> None:
    run(connector(shop), mailed("Jeanne.D+shop@Example.com"), GIVEN)

    assert emails(shop) == ["jeanne.d+shop@example.com"]


@pytest.mark.parametrize("email", ["", "not an address", "noreply@octopia.example", "a@b", "jeanne@exa mple.com"])
def test_an_address_that_is_none_or_nobodys_gives_an_alias(shop: PrestaShopSandbox, email: str) -> None:
    run(connector(shop), mailed(email), GIVEN)

    assert emails(shop)[0].endswith("@marketplace.invalid")


def test_a_customer_of_the_shop_with_the_given_address_and_name_is_reused(shop: PrestaShopSandbox) -> None:
    run(connector(shop), mailed("jeanne@example.com", "REF1"), GIVEN)
    run(connector(shop), mailed("jeanne@example.com", "REF2"), GIVEN)

    assert customer_of(shop, "REF1") == customer_of(shop, "REF2")


def test_a_customer_of_the_shop_with_another_name_is_left_alone(shop: PrestaShopSandbox) -> None:
    run(connector(shop), mailed("jeanne@example.com", "REF1"), GIVEN)
    run(connector(shop), mailed("jeanne@example.com", "REF2", name="Autrement"), GIVEN)

    assert customer_of(shop, "REF1") != customer_of(shop, "REF2")


def test_a_customer_whose_group_has_a_discount_is_left_alone(shop: PrestaShopSandbox) -> None:
    run(connector(shop), mailed("jeanne@example.com", "REF1"), GIVEN)
    shop.shop.store.table("groups").update(2, {"reduction": "10.00"})
    shop.shop.store.table("customers").update(1, {"id_default_group": "2"})
    run(connector(shop), mailed("jeanne@example.com", "REF2"), GIVEN)

    assert customer_of(shop, "REF1") != customer_of(shop, "REF2")


def test_a_deleted_customer_is_not_used(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft("REF1", customer_ref="B1"))
    shop.shop.store.table("customers").update(1, {"deleted": "1"})
    run(connector(shop), drafts(2, customer_ref="B1"))
    run(connector(shop), draft("REF2", customer_ref="B1"))

    assert [row["id_customer"] for row in shop.rows("orders")] == ["1", "2", "2", "2"]


def move_to_a_group_with_a_discount(shop: PrestaShopSandbox, *customers: int) -> None:
    shop.shop.store.table("groups").update(2, {"reduction": "10.00"})
    for customer in customers:
        shop.shop.store.table("customers").update(customer, {"id_default_group": "2"})


@pytest.mark.parametrize("together", [False, True])
def test_a_buyer_whose_customer_sits_in_a_group_with_a_discount_by_now_gets_another(
    shop: PrestaShopSandbox, together: bool
) -> None:
    run(connector(shop), draft("REF1", customer_ref="B1"))
    move_to_a_group_with_a_discount(shop, 1)
    later = [draft(ref, customer_ref="B1") for ref in ("REF2", "REF3")]
    for batch in [later] if together else [[each] for each in later]:
        run(connector(shop), batch)

    assert [row["current_state"] for row in shop.rows("orders")] == ["2", "2", "2"]
    assert [customer_of(shop, ref) for ref in ("REF1", "REF2", "REF3")] == ["1", "2", "2"]


def test_a_repeat_buyer_is_in_the_group_chosen_now(shop: PrestaShopSandbox) -> None:
    """The way of `shop.group_reduces`: the shop's group got a discount, so another one is chosen in Settings."""
    run(connector(shop), draft("REF1", customer_ref="B1"))
    groups = shop.shop.store.table("groups")
    own = str(shop.shop.insert("groups", {"name": "Cdiscount", "reduction": "0.00", "show_prices": "1"}))
    groups.update("3", {"reduction": "10.00"})
    run(connector(shop), draft("REF2", customer_ref="B1"), replace(POLICY, customer_group=own))

    assert [row["id_default_group"] for row in shop.rows("customers")] == ["3", own]
    assert [row["current_state"] for row in shop.rows("orders")] == ["2", "2"]


def test_a_buyer_without_any_usable_customer_is_a_problem_before_any_write(shop: PrestaShopSandbox) -> None:
    presta = connector(shop)
    for number in range(4):
        run(presta, draft(f"REF{number}", customer_ref="B1"))
        move_to_a_group_with_a_discount(shop, *range(1, number + 2))
    error = failure(run(presta, draft("REF3", customer_ref="B1", payment_text="Cdiscount another"))).error

    assert (error.code, error.data["group"]) == ("import.no_customer", shop.rows("groups")[2]["name"])
    assert len(shop.rows("orders")) == 4
    assert len(shop.rows("carts")) == 4
    shop.shop.store.table("customers").update(1, {"id_default_group": "3"})  # as its problem advises
    run(presta, draft("REF3", customer_ref="B1", payment_text="Cdiscount another"))
    assert shop.rows("orders")[-1]["id_customer"] == "1"


def test_a_person_in_no_known_group_is_left_alone(shop: PrestaShopSandbox) -> None:
    run(connector(shop), mailed("jeanne@example.com", "REF1"), GIVEN)
    shop.shop.store.table("customers").update(1, {"id_default_group": "77"})
    run(connector(shop), mailed("jeanne@example.com", "REF2"), GIVEN)

    assert customer_of(shop, "REF1") != customer_of(shop, "REF2")


@pytest.mark.parametrize(
    ("resource", "change"),
    [
        ("specific_prices", {"from_quantity": "99"}),
        ("carts", {"gift": "1"}),
        ("carts", {"id_currency": "9"}),
    ],
)
def test_what_an_attempt_left_is_examined_before_it_is_used_again(
    shop: PrestaShopSandbox, resource: str, change: dict[str, str]
) -> None:
    order, journal, presta = draft(), MemoryJournal(), connector(shop)
    shop.faults.add(Fault("status_429", "POST", "/api/orders"))
    failure(run(presta, order, journal=journal))
    for row in shop.rows(resource):
        shop.shop.store.table(resource).update(row["id"], change)
    run(presta, order, journal=journal)

    (made,) = shop.rows("orders")
    assert (Decimal(made["total_paid"]), made["current_state"]) == (order.total, "2")


def test_a_cart_with_a_price_that_somebody_changed_is_left_behind() -> None:
    """The shop takes no second price for the same row of a cart; older versions break off over it and say nothing."""
    with rehearsal_shop("9.1.4") as shop:
        order, journal, presta = draft(), MemoryJournal(), connector(shop)
        shop.faults.add(Fault("status_429", "POST", "/api/orders"))
        failure(run(presta, order, journal=journal))
        for row in shop.rows("specific_prices"):
            shop.shop.store.table("specific_prices").update(row["id"], {"reduction": "5.000000"})
        assert failure(run(presta, order, journal=journal)).error.code == "shop.refused"
        run(presta, order, journal=journal)

        (made,) = shop.rows("orders")
        assert (made["id_cart"], Decimal(made["total_paid"]), made["current_state"]) == ("2", order.total, "2")


def test_an_order_without_a_buyers_reference_has_an_alias_of_its_own(shop: PrestaShopSandbox) -> None:
    run(connector(shop), drafts(2, customer_ref=""))

    assert len(set(emails(shop))) == 2


def test_a_customer_is_in_the_chosen_group_and_never_put(shop: PrestaShopSandbox) -> None:
    run(connector(shop), draft(), replace(POLICY, customer_group="2"))

    row = shop.rows("customers")[0]
    assert (row["id_default_group"], row["active"], row["is_guest"], row["newsletter"]) == ("2", "1", "0", "0")
    assert not shop.server.requests("PUT", "/api/customers")
    assert not shop.server.requests("PATCH", "/api/customers")


def test_neither_passwords_nor_keys_are_recorded(shop: PrestaShopSandbox) -> None:
    recorder = Kept()
    run(connector(shop, recorder=recorder), draft())

    posted = next(e for e in recorder.exchanges if e.method == "POST" and e.url.endswith("/customers"))
    secure_key = shop.rows("customers")[0]["secure_key"]
    assert "<passwd>…</passwd>" in posted.request_body
    assert "<lastname>Durand</lastname>" in posted.request_body
    assert not any(secure_key in e.response_body or shop.key in e.url for e in recorder.exchanges)
    assert all(e.order_refs == ("26112310140K7QX",) for e in recorder.exchanges if e.method != "GET")
