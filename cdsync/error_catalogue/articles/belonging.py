"""The catalogue's texts for what belongs where: other sellers, other shops, the rehearsal, accounts. Data only."""

from __future__ import annotations

from .entry import N_, Entry, Step

_BACK = Step(N_("If the settings were changed by mistake, enter the former ones again: the order goes on by itself."))

ENTRIES = (
    Entry(
        "order.other_seller",
        N_("This order was found at %(found)s, and the account is tied to %(now)s now"),
        N_("It is another seller's order here. Nothing of it is accepted, imported, shipped or cancelled."),
        (
            _BACK,
            Step(N_("If it is the same seller at another address, say in Settings that it moved."), "settings.moved"),
            Step(N_("If these are two seller accounts, give the other one an account of its own."), "connect"),
        ),
        found_by="lookup",
        elsewhere="seller",
    ),
    Entry(
        "order.other_shop",
        N_("This order belongs to the shop %(shop)s, and the account is tied to %(now)s now"),
        N_("Its import was begun there, so it is neither imported here nor told as shipped from here."),
        (
            _BACK,
            Step(N_("If it is the same shop at another address, say in Settings that it moved."), "settings.moved"),
            Step(N_("If these are two shops, give the other one an account of its own."), "connect"),
        ),
        found_by="lookup",
        elsewhere="shop",
    ),
    Entry(
        "order.seller_unknown",
        N_("Nothing tells where this order was found, and this account was once tied to the rehearsal"),
        N_("It may be an invented order. It is left alone until the marketplace shows it for %(now)s."),
        (
            Step(N_("Look orders up: an order that the marketplace knows goes on by itself."), "runs"),
            Step(N_("If it is an invented one, leave it out."), "order"),
        ),
        found_by="lookup",
        elsewhere="unknown",
    ),
    Entry(
        "side.read_only",
        N_("Nothing may be written from here"),
        N_("Pages and checks only read; what writes is a run."),
        (Step(N_("Tell us the code and what you did.")),),
        "us",
    ),
    Entry(
        "rehearsal.stopped",
        N_("The rehearsal's marketplace and shop are stopped"),
        N_("They run on this machine while you rehearse, and only then. Nothing is lost: their orders are kept."),
        (
            Step(N_("Start them again on the rehearsal's page, or with “make rehearse”."), "rehearsal"),
            Step(N_("Or go to your own account; the rehearsal can wait.")),
        ),
    ),
    Entry(
        "rehearsal.own_settings",
        N_("This is the rehearsal, and it stays one"),
        N_("What you entered was not sent anywhere: the rehearsal's systems are invented ones."),
        (
            Step(
                N_("Connect your own shop: it gets an account of its own, with the real addresses in place."), "connect"
            ),
        ),
    ),
    Entry(
        "rehearsal.addresses",
        N_("%(address)s is the address of the rehearsal"),
        N_("A real account is never tied to it: invented orders would get into your shop."),
        (Step(N_("Go back to the marketplace's own address."), "settings.marketplace"),),
    ),
    Entry(
        "rehearsal.none",
        N_("There is no rehearsal here"),
        N_("It was removed, or never begun. Nothing was changed."),
        (Step(N_("Take it up on its page, or with “make rehearse”."), "rehearsal"),),
    ),
    Entry(
        "rehearsal.run_open",
        N_("Run %(run)s of the rehearsal is still at work on an order"),
        N_("It was asked to stop and ends after that order. Nothing of the account was forgotten."),
        (Step(N_("Press the button again in a moment."), "rehearsal"),),
        "you",
        True,
        "amber",
    ),
    Entry(
        "rehearsal.not_reset",
        N_("The rehearsal's systems could not be reset: %(reason)s"),
        N_("Nothing of the account was forgotten, so that both still know the same orders."),
        (
            Step(
                N_("Leave the rehearsal, then reset it: stopped systems start afresh next time."),
                "rehearsal",
            ),
        ),
    ),
    Entry(
        "account.has_orders",
        N_("The account “%(account)s” has %(count)s orders and cannot be removed"),
        N_("What was imported, when and with which result is a record that nobody throws away by a click."),
        (Step(N_("Switch its schedules off instead."), "automation"),),
    ),
    Entry(
        "account.same_seller",
        N_("The account “%(other)s” reads the orders of this seller too"),
        N_("Each order would be made twice. This account accepts, imports and ships nothing until that ends."),
        (
            Step(N_("Give each of the two accounts sales channels of its own."), "settings.marketplace"),
            Step(N_("Or enter another seller number in one of them."), "settings.marketplace"),
        ),
    ),
    Entry(
        "account.rests",
        N_("The schedule rests: the %(side)s refuses the key (%(code)s)"),
        N_(
            "Each run would only fail again. cdsync asks again by itself, next at %(until)s, and goes on "
            "once the key works."
        ),
        (
            Step(N_("Correct the key in Settings: then it is tried at once."), "settings.marketplace"),
            Step(N_("Or start the operation by hand: a run that works ends the rest.")),
        ),
    ),
    Entry(
        "account.sorted",
        N_("%(moved)s invented orders were moved from this account to the rehearsal"),
        N_(
            "The account had been the rehearsal before it was connected to real systems. Of %(unknown)s orders nothing "
            "tells where they were found: they are left alone until the marketplace shows them again."
        ),
        (Step(N_("Look orders up once."), "runs"),),
    ),
    Entry(
        "connect.finished",
        N_("The account “%(account)s” is connected already"),
        N_("Connecting makes a new account, and goes on with one that is not finished; it changes no other one."),
        (
            Step(N_("What is connected is changed in Settings."), "settings.shop"),
            Step(N_("Another seller or shop gets an account of its own."), "connect"),
        ),
    ),
    Entry(
        "moved.another_seller",
        N_("The seller number is another one: %(old)s before, %(new)s now"),
        N_("Another seller number is another seller account, never the same one at another address."),
        (Step(N_("Make another account for it."), "connect"),),
    ),
    Entry(
        "moved.not_the_same",
        N_("%(place)s is not the same: it does not know %(missing)s as this account does"),
        N_("%(asked)s orders that were known before were looked for there. Nothing was changed."),
        (
            Step(N_("Check the address for a typing mistake."), "settings.moved"),
            Step(N_("If it is another one, make another account for it."), "connect"),
        ),
    ),
    Entry(
        "moved.nothing",
        N_("Nothing has moved: the orders of this account belong to where it is tied to"),
        N_("There is nothing to confirm."),
        (Step(N_("Enter the new address in Settings first."), "settings.shop"),),
    ),
)
