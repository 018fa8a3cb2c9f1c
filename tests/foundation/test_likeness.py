"""Proposals by name: what is like one thing alone, and nothing where two would do or none."""

from __future__ import annotations

import pytest

from cdsync.connectors.base import Choice, ShopData
from cdsync.connectors.octopia.mapping.delivery_modes import LABELS
from cdsync.settings.proposals import PAID, SHIPPED, carriers, known_as, propose, status

PAYMENT = Choice("2", "Paiement accepté", note="paid, invoice")
SHIPPING, DELIVERED = Choice("4", "Expédié", note="paid, shipped"), Choice("5", "Livré", note="paid, shipped, invoice")
WAITING = Choice("1", "En attente du paiement par chèque")
OWN = Choice("21", "Cdiscount payé", note="paid")
INSTALLED = (WAITING, PAYMENT, SHIPPING, DELIVERED)


def shop_carriers(*names: str, off: str = "") -> list[Choice]:
    return [Choice(str(ref), name, name != off) for ref, name in enumerate(names, 1)]


def by_name(found: dict[str, str], known: list[Choice]) -> dict[str, str]:
    names = {each.ref: each.name for each in known}
    return {mode: names[ref] for mode, ref in found.items()}


def test_the_shops_own_statuses_come_before_all_others() -> None:
    assert status(PAID, (OWN, *INSTALLED), {"paid": "21"}) == "21"
    assert status(SHIPPED, INSTALLED, {"shipped": "4"}) == "4"


def test_without_them_the_names_prestashop_gives_count_and_then_the_only_flagged_one() -> None:
    assert status(PAID, INSTALLED, {}) == "2"
    assert status(SHIPPED, INSTALLED, {}) == "4"
    assert status(SHIPPED, (WAITING, Choice("7", "Parti", note="shipped")), {}) == "7"


def test_a_status_without_the_flag_or_one_of_two_is_not_proposed() -> None:
    assert status(PAID, (Choice("2", "Paiement accepté"),), {"paid": "2"}) is None
    assert status(SHIPPED, (Choice("7", "Parti", note="shipped"), Choice("8", "Remis", note="shipped")), {}) is None
    assert status(PAID, (), {"paid": "2"}) is None


def test_each_way_of_delivery_goes_to_the_carrier_whose_name_tells_it() -> None:
    known = shop_carriers(
        "Colissimo Domicile",
        "Lettre suivie",
        "Colissimo Signature",
        "Chronopost 13h",
        "Mondial Relay Point Relais",
        "Geodis Volumineux",
        "DPD (ancien contrat)",
        "Retrait en magasin",
        off="DPD (ancien contrat)",
    )
    assert by_name(carriers([*LABELS, "REL"], known), known) == {
        "NotTrackedHomeDelivery": "Lettre suivie",
        "TrackedHomeDelivery": "Colissimo Domicile",
        "SignedHomeDelivery": "Colissimo Signature",
        "ExpressHomeDelivery": "Chronopost 13h",
        "FixedDateHomeDelivery": "Geodis Volumineux",
        "SpecificRoomHomeDelivery": "Geodis Volumineux",
        "WithSetupHomeDelivery": "Geodis Volumineux",
        "ImmediateVendorPickup": "Retrait en magasin",
        "REL": "Mondial Relay Point Relais",
    }


@pytest.mark.parametrize("name", ["GLS", "UPS Standard", "DPD Predict", "Colissimo sans signature", "Colis Privé"])
def test_every_usual_network_brings_tracked_parcels_home(name: str) -> None:
    known = shop_carriers("My carrier", name)
    assert by_name(carriers(["TrackedHomeDelivery"], known), known) == {"TrackedHomeDelivery": name}


def test_a_point_to_fetch_it_from_is_a_relay_and_not_the_shop_itself() -> None:
    known = shop_carriers("Colissimo Point Retrait", "Retrait en magasin")
    assert by_name(carriers(["REL", "ImmediateVendorPickup"], known), known) == {
        "REL": "Colissimo Point Retrait",
        "ImmediateVendorPickup": "Retrait en magasin",
    }


def test_nothing_is_guessed_between_two_that_fit_nor_from_names_that_tell_nothing() -> None:
    assert carriers(["TrackedHomeDelivery"], shop_carriers("Colissimo", "DPD")) == {}
    assert carriers(["TrackedHomeDelivery"], shop_carriers("My carrier", "My cheap carrier", "Pointure")) == {}
    assert carriers(["DroneDelivery"], shop_carriers("Colissimo")) == {}
    assert carriers(["TrackedHomeDelivery"], shop_carriers("Mondial Relay", "Chronopost Express")) == {}


def test_a_shop_carrier_is_known_as_the_longest_name_inside_its_own() -> None:
    marketplace = [Choice(name, name) for name in ("DPD", "DPD France", "La Poste", "Colissimo", "UPS Mail", "Star")]
    known = shop_carriers("DPD France Relais", "dpd predict", "Colissimo Domicile", "UPS Standard", "Starlight", "GLS")
    assert known_as(known, marketplace) == {"1": "DPD France", "2": "DPD", "3": "Colissimo"}


def test_a_label_that_stands_twice_or_means_any_other_is_no_likeness() -> None:
    twice = [Choice("brt-1", "BRT"), Choice("brt-2", "BRT"), Choice("autre", "autre")]
    assert known_as(shop_carriers("BRT", "Autre transporteur"), twice) == {}


def test_all_of_it_together_and_nothing_from_nothing() -> None:
    shop = ShopData("8.2.1", "EUR", tuple(shop_carriers("GLS")), INSTALLED)
    found = propose(shop, LABELS, [Choice("GLS", "GLS")])
    assert (found.imported_status, found.shipped_status) == ("2", "4")
    assert found.carriers == {"TrackedHomeDelivery": "1"}
    assert found.marketplace_carriers == {"1": "GLS"}
    nothing = propose(ShopData("8.2.1", "EUR"), LABELS, [])
    assert (nothing.imported_status, nothing.shipped_status, nothing.carriers) == (None, None, {})
