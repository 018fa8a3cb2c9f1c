"""Who may call the rehearsal marketplace, and how it refuses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from cdsync.sandbox.octopia import OctopiaSandbox, order_json
from tests.sandbox.octopia_seller import Seller, open_market


@pytest.fixture
def world() -> Iterator[tuple[OctopiaSandbox, Seller]]:
    with open_market() as pair:
        yield pair


def test_a_token_lives_two_hours_and_then_really_dies(world):
    market, seller = world
    assert seller.ask_token().json()["expires_in"] == 7200
    market.advance(7199)
    assert seller.get("/orders").status_code == 200
    market.advance(2)
    refused = seller.get("/orders")
    assert refused.status_code == 401
    assert refused.headers["Content-Type"].startswith("application/problem+json")


def test_expired_tokens_stop_working_and_a_new_one_works(world):
    market, seller = world
    market.expire_tokens()
    assert seller.get("/carriers").status_code == 401
    seller.headers["Authorization"] = f"Bearer {seller.new_token()}"
    assert seller.get("/carriers").status_code == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"client_secret": "wrong"}, 401), ({"client_id": "nobody"}, 401), ({"grant_type": "password"}, 400)],
)
def test_wrong_credentials_get_no_token_in_either_style_of_error(world, changes, status):
    market, seller = world
    keycloak = seller.ask_token(**changes)
    assert keycloak.status_code == status
    assert set(keycloak.json()) == {"error", "error_description"}
    market.variants.token_error = "problem"
    problem = seller.ask_token(**changes)
    assert problem.status_code == status
    assert problem.headers["Content-Type"].startswith("application/problem+json")
    assert problem.json()["status"] == status


def test_a_token_request_in_json_is_refused(world):
    market, _ = world
    answer = requests.post(market.token_url, json={"grant_type": "client_credentials"}, timeout=5)
    assert answer.status_code == 415


def test_the_501st_token_within_an_hour_is_refused(world):
    market, seller = world
    market.tokens.given.extend([market.now()] * (500 - len(market.tokens.given)))
    assert seller.ask_token().status_code == 429
    market.advance(3601)
    assert seller.ask_token().status_code == 200


def test_a_missing_seller_id_is_400_and_a_foreign_one_403(world):
    _, seller = world
    seller.headers["SellerId"] = "1"
    assert seller.get("/orders").status_code == 403
    del seller.headers["SellerId"]
    refused = seller.get("/orders")
    assert refused.status_code == 400
    assert "SellerId" in refused.json()["errors"]
    assert refused.json()["traceId"]


def test_a_wrong_path_gets_the_gateways_own_404_even_without_a_token(world):
    market, _ = world
    answer = requests.get(market.api_url + "/approvals", timeout=5)
    assert answer.status_code == 404
    assert answer.json() == {"statusCode": 404, "message": "Resource not found"}


def test_an_unknown_order_gets_a_problem_with_404(world):
    _, seller = world
    answer = seller.get("/orders/NONE")
    assert (answer.status_code, answer.json()["title"]) == (404, "Not Found")


def test_wrong_accept_and_content_types_are_406_and_415(world):
    market, seller = world
    order_id = market.add(order_json(status="WaitingAcceptance"))
    seller.headers["Accept"] = "text/xml"
    assert seller.get("/orders").status_code == 406
    del seller.headers["Accept"]
    url = f"{market.api_url}/orders/{order_id}/approval-status"
    sent = requests.post(url, data="approval_status=Accepted", headers=seller.headers, timeout=5)
    assert sent.status_code == 415
    assert market.approvals == []


def test_a_body_that_is_not_json_is_400_and_changes_nothing(world):
    market, seller = world
    order_id = market.add(order_json(status="WaitingAcceptance"))
    headers = seller.headers | {"Content-Type": "application/json"}
    url = f"{market.api_url}/orders/{order_id}/approval-status"
    assert requests.post(url, data='{"approval_sta', headers=headers, timeout=5).status_code == 400
    assert market.order(order_id)["status"] == "WaitingAcceptance"


@pytest.mark.parametrize("with_header", [True, False])
def test_the_rate_limit_answers_429_with_or_without_retry_after(world, with_header):
    market, seller = world
    market.variants.requests_per_minute = 2
    market.variants.retry_after = with_header
    assert [seller.get("/carriers").status_code for _ in range(3)] == [200, 200, 429]
    assert ("Retry-After" in seller.get("/carriers").headers) is with_header
    market.advance(61)
    assert seller.get("/carriers").status_code == 200


def test_the_sales_channel_header_is_demanded_only_when_the_variant_says_so(world):
    market, seller = world
    assert seller.get("/orders").status_code == 200
    market.variants.sales_channel_header_required = True
    assert "SalesChannelId" in seller.get("/orders").json()["errors"]
    seller.headers["SalesChannelId"] = "CDISFR"
    assert seller.get("/orders").status_code == 200


def test_the_carrier_list_is_a_bare_array_with_its_known_oddities(world):
    _, seller = world
    carriers = seller.get("/carriers").json()
    codes = [carrier["code"] for carrier in carriers]
    assert len(carriers) >= 60
    assert len(set(codes)) < len(codes)
    assert [c["label"] for c in carriers if c["label"] != c["label"].strip()] == ["Colis Privé "]
    assert {"code": "default", "label": "autre"} in carriers


@pytest.mark.parametrize(
    "path", ["/sellers", "/sellers/subscriptions", "/sellers/delivery-modes", "/sellers/indicators"]
)
def test_the_sellers_own_pages_answer(world, path):
    _, seller = world
    assert seller.get(path).status_code == 200
