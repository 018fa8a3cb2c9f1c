"""A carrier chosen for a delivery mode covers each name the marketplace may use for it."""

from __future__ import annotations

from cdsync.settings.connections import in_every_spelling


def test_a_label_covers_its_code_and_its_legacy_code() -> None:
    assert in_every_spelling({"TrackedHomeDelivery": "2"}, "octopia") == {
        "TrackedHomeDelivery": "2",
        "THD": "2",
        "TRK": "2",
    }


def test_a_legacy_code_covers_the_label() -> None:
    assert in_every_spelling({"STD": "7"}, "octopia")["NotTrackedHomeDelivery"] == "7"


def test_a_name_mapped_itself_keeps_its_own_carrier() -> None:
    covered = in_every_spelling({"THD": "3", "TrackedHomeDelivery": "2"}, "octopia")
    assert (covered["THD"], covered["TrackedHomeDelivery"], covered["TRK"]) == ("3", "2", "2")


def test_unknown_modes_stay_and_empty_choices_cover_nothing() -> None:
    assert in_every_spelling({"Relais Colis": "5", "TrackedHomeDelivery": ""}, "octopia") == {"Relais Colis": "5"}
