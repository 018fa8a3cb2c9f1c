"""The catalogue's texts for trouble with the marketplace's side as a whole. Data only."""

from __future__ import annotations

from .entry import N_, Entry, Step

_LATER = Step(N_("Do nothing: cdsync tries again by itself at the time shown."), waits=True)
_CHECK = Step(N_("Press “Test connection” in Settings; it says which part does not hold."), "settings.marketplace")

ENTRIES = (
    Entry(
        "marketplace.address_wrong",
        N_("The address of the marketplace “%(host)s” cannot be used: %(reason)s"),
        N_("cdsync only talks to the one address entered in Settings, and it must begin with http:// or https://."),
        (
            Step(N_("Correct the address of the seller API and the one for access tokens."), "settings.marketplace"),
            Step(N_("If in doubt, empty the two fields: the usual addresses are used then.")),
        ),
    ),
    Entry(
        "marketplace.no_such_host",
        N_("The marketplace's host %(host)s does not exist, or its name cannot be looked up"),
        N_("Either the address in Settings is misspelt, or the machine cdsync runs on has no working name service."),
        (
            Step(N_("Compare the address with the one in the marketplace's documentation."), "settings.marketplace"),
            Step(N_("If it is right, ask whoever runs the machine of cdsync to look at its DNS.")),
        ),
    ),
    Entry(
        "marketplace.address_not_allowed",
        N_("The marketplace's host %(host)s stands for an address that cdsync does not call: %(address)s (%(kind)s)"),
        N_("Addresses inside a network may be something else than a marketplace, so nothing was sent."),
        (
            Step(N_("Check the address in Settings: is it the one everybody uses?"), "settings.marketplace"),
            Step(
                N_(
                    "If it really stands in your own network, name that network in cdsync's environment, such as "
                    "CDSYNC_ALLOW_PRIVATE_ADDRESSES=192.168.1.0/24, and start cdsync again."
                )
            ),
            Step(
                N_("Link-local addresses, a cloud's metadata and those of no host are never called, whatever is set.")
            ),
        ),
    ),
    Entry(
        "marketplace.tls",
        N_("The secure connection to %(host)s could not be trusted"),
        N_("The other side or its certificate failed the check: “%(reason)s”. Nothing was sent."),
        (
            Step(N_("Check the address: it must be the one that %(market)s gives."), "settings.marketplace"),
            Step(
                N_("Check date and time of the machine cdsync runs on; a wrong clock makes every certificate invalid.")
            ),
            Step(N_("If a company proxy inspects connections, ask for an exception for this host.")),
        ),
    ),
    Entry(
        "marketplace.redirected",
        N_("%(host)s sends cdsync on to another address (%(to)s)"),
        N_("cdsync never follows: your credentials would go to a host you did not enter."),
        (
            Step(N_("If %(market)s announced the new address, enter it in Settings."), "settings.marketplace"),
            Step(N_("If not, check whether a proxy or a sign-in page of your network stands in between.")),
        ),
    ),
    Entry(
        "marketplace.settings_missing",
        N_("The marketplace setting “%(setting)s” is empty"),
        N_("Without it cdsync cannot sign in, so nothing was tried."),
        (Step(N_("Fill in the setting and press “Test connection”."), "settings.marketplace"),),
    ),
    Entry(
        "marketplace.not_sendable",
        N_("The seller number or a sales channel contains characters that none has"),
        N_("They are made of plain letters and digits, so nothing was sent to %(host)s."),
        (
            Step(N_("Copy the seller number from your seller portal again."), "settings.marketplace"),
            Step(
                N_("See that the sales channels are written as %(market)s writes them."),
                "settings.marketplace",
            ),
        ),
    ),
    Entry(
        "marketplace.credentials_refused",
        N_("%(market)s refused the credentials"),
        N_("It said: “%(detail)s”. Credentials end when they are renewed or deleted in the API portal."),
        (
            Step(
                N_(
                    "Look in the marketplace's API portal whether they still exist (at Octopia: “API Credentials "
                    "Management”)."
                )
            ),
            Step(N_("Enter them again in Settings, without blanks around them."), "settings.marketplace"),
            Step(N_("Press “Test connection”, then run the operation again."), "settings.marketplace"),
        ),
    ),
    Entry(
        "marketplace.forbidden",
        N_("%(market)s knows the credentials but does not let them act for this seller"),
        N_("It said: “%(detail)s”. The seller number is wrong, or this seller did not delegate to the credentials."),
        (
            Step(
                N_("Compare the seller number in Settings with the one in your seller portal."), "settings.marketplace"
            ),
            Step(N_("If the credentials are an integrator's, delegate your account to it in the seller portal.")),
            Step(N_("If your account is suspended, write to %(market)s's seller support.")),
        ),
    ),
    Entry(
        "marketplace.not_the_api",
        N_("%(host)s answers, but the seller API is not there (HTTP %(status)s)"),
        N_("The host is right or at least alive, the rest of the address is not."),
        (
            Step(N_("Correct the address (at Octopia, the usual one ends in /seller/v2)."), "settings.marketplace"),
            _CHECK,
        ),
    ),
    Entry(
        "marketplace.blocked",
        N_("Something in front of %(market)s refuses cdsync's %(method)s requests (HTTP %(status)s)"),
        N_(
            "Not the seller API answered but %(server)s: “%(words)s”. That is a protection against robots, or a proxy "
            "of the network cdsync runs in; it does not pass by itself."
        ),
        (
            Step(N_("See whether a proxy or firewall of your own stands between cdsync and %(host)s; let it pass.")),
            Step(
                N_(
                    "If not, send %(market)s's seller support this page and the time, and ask them to let the address "
                    "of cdsync's machine use the seller API."
                )
            ),
            _CHECK,
            Step(N_("Then run the operation again: every order goes on where it stood."), "runs"),
        ),
        "marketplace",
    ),
    Entry(
        "marketplace.channel_missing",
        N_("Your seller account has no sales channel “%(channel)s”"),
        N_("Orders of a channel you are not subscribed to never come. Channels found: %(channels)s."),
        (
            Step(
                N_("Correct the list of sales channels (at Octopia, Cdiscount France is CDISFR)."),
                "settings.marketplace",
            ),
        ),
    ),
    Entry(
        "marketplace.unreachable",
        N_("%(market)s could not be reached (%(host)s)"),
        N_("The connection was refused or broke off. Nothing was changed on either side."),
        (_LATER, Step(N_("If it lasts for hours, check the network of the machine cdsync runs on."))),
        "marketplace",
        True,
        "amber",
        side_away=True,
        no_answer=True,
    ),
    Entry(
        "marketplace.answer_too_large",
        N_("%(market)s answered with more than cdsync reads of one answer (over %(limit)s, or too many parts)"),
        N_("It was not read to its end, so that it cannot stop the other work. No list that is asked for is so long."),
        (
            Step(N_("Wait for the next try: an answer that went wrong once is often right then.")),
            Step(N_("If it stays, tell %(market)s's seller support the address %(host)s.")),
        ),
        "marketplace",
        True,
        "amber",
    ),
    Entry(
        "marketplace.timeout",
        N_("%(market)s did not answer in time (%(host)s)"),
        N_("Its service is slow at the moment. Nothing was changed on either side."),
        (_LATER, Step(N_("If it lasts for hours, check the network of the machine cdsync runs on."))),
        "marketplace",
        True,
        "amber",
        no_answer=True,
    ),
    Entry(
        "marketplace.page_timeout",
        N_("%(market)s did not answer within %(seconds)s seconds (%(host)s)"),
        N_("A page waits so long and no longer. Nothing was changed on either side."),
        (
            Step(N_("Try again: what it has answered already is not asked again for some minutes.")),
            Step(N_("If it lasts for hours, check the network of the machine cdsync runs on.")),
        ),
        "marketplace",
        True,
        "amber",
    ),
    Entry(
        "marketplace.rate_limited",
        N_("%(market)s asks cdsync to slow down"),
        N_("More requests came from your seller account than it allows in a while; other programs count as well."),
        (
            _LATER,
            Step(N_("If it happens daily, run the lookup less often."), "automation"),
            Step(N_("Check whether another program uses the same credentials.")),
        ),
        "you",
        True,
        "amber",
        side_away=True,
    ),
    Entry(
        "marketplace.no_turn",
        N_("%(market)s (%(host)s) was busy with other requests of cdsync"),
        N_("cdsync sends no more requests at once, or in a minute, than Settings allow. Nothing was sent."),
        (
            _LATER,
            Step(N_("If it happens often, let the operations run less often."), "automation"),
        ),
        "you",
        True,
        "amber",
    ),
    Entry(
        "marketplace.server_error",
        N_("%(market)s's server failed to answer (%(method)s, HTTP %(status)s)"),
        N_("%(server)s said: “%(words)s”. Maintenance at night looks like this too; the request can be right."),
        (
            _LATER,
            Step(N_("If it lasts for a day, write to %(market)s's seller support with the time of the failure.")),
        ),
        "marketplace",
        True,
        "amber",
    ),
    Entry(
        "marketplace.unreadable",
        N_("%(market)s's answer could not be read: %(reason)s"),
        N_("It was cut short, or a page came instead of data, as during maintenance. It was thrown away whole."),
        (_LATER, Step(N_("If it lasts, check that no proxy stands between cdsync and %(host)s."))),
        "marketplace",
        True,
        "amber",
    ),
    Entry(
        "marketplace.outcome_unknown",
        N_("cdsync told %(market)s something and does not know yet whether it arrived"),
        N_("The request left, but no trustworthy answer came. It will not be repeated blindly: cdsync looks first."),
        (
            Step(
                N_("Do nothing: at the next run cdsync reads the order and finishes or repeats by what it finds."),
                waits=True,
            ),
            Step(N_("If you are in a hurry, look at the order on the marketplace."), "marketplace.order"),
        ),
        "us",
        True,
        "amber",
    ),
    Entry(
        "marketplace.refused",
        N_("%(market)s refused the request (HTTP %(status)s)"),
        N_("It said: “%(detail)s”. The credentials are right; what was asked was not accepted."),
        (
            Step(
                N_("Read %(market)s's words above; if they name a setting, correct it."),
                "settings.marketplace",
            ),
            Step(N_("Otherwise send us the code and the time: the interface may have changed.")),
        ),
        "us",
    ),
)
