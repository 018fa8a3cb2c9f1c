"""The catalogue's texts for trouble with the shop as a whole. Data only."""

from __future__ import annotations

from .entry import N_, Entry, Step

_LATER = Step(N_("Do nothing: cdsync tries again by itself at the time shown."), waits=True)
_CHECK = Step(N_("Press “Test connection” in Settings."), "settings.shop")
_RIGHTS = Step(N_("In the back office open Advanced parameters › Webservice and edit the key."))

ENTRIES = (
    Entry(
        "shop.address_wrong",
        N_("The shop's address “%(host)s” cannot be used: %(reason)s"),
        N_("cdsync only talks to the one address entered in Settings, and it must begin with http:// or https://."),
        (Step(N_("Enter the address as you open the shop, such as https://shop.example."), "settings.shop"), _CHECK),
    ),
    Entry(
        "shop.no_such_host",
        N_("The shop's host %(host)s does not exist, or its name cannot be looked up"),
        N_("Either the address in Settings is misspelt, or the domain is not set up (any more)."),
        (
            Step(N_("Open the shop in your browser and copy its address from there."), "settings.shop"),
            Step(N_("If the browser cannot open it either, ask your host about the domain.")),
        ),
    ),
    Entry(
        "shop.address_not_allowed",
        N_("The shop's host %(host)s stands for an address that cdsync does not call: %(address)s (%(kind)s)"),
        N_("Addresses inside a network may be something else than a shop, so nothing was sent."),
        (
            Step(N_("Check the address in Settings: is it the one everybody uses?"), "settings.shop"),
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
        "shop.tls",
        N_("The secure connection to your shop (%(host)s) could not be trusted"),
        N_("The other side or its certificate failed the check: “%(reason)s”. Nothing was sent."),
        (
            Step(N_("Open the shop in a browser; if it warns too, ask your host to renew the certificate.")),
            Step(N_("If it opens only with http:// in the browser, enter it so in Settings."), "settings.shop"),
            Step(N_("If the browser is content, ask your host to deliver the intermediate certificate as well.")),
            Step(N_("Check date and time of the machine cdsync runs on.")),
        ),
        "host",
    ),
    Entry(
        "shop.redirected",
        N_("Your shop (%(host)s) sends cdsync on to another address (%(to)s)"),
        N_("cdsync never follows: your shop's key would go to a host you did not enter. Often only “www.” differs."),
        (Step(N_("Enter the address the shop redirects to, if it is yours."), "settings.shop"), _CHECK),
    ),
    Entry(
        "shop.settings_missing",
        N_("The shop setting “%(setting)s” is empty"),
        N_("Without it cdsync cannot reach your shop, so nothing was tried."),
        (Step(N_("Fill in the setting and press “Test connection”."), "settings.shop"),),
    ),
    Entry(
        "shop.not_sendable",
        N_("The webservice key contains characters that no key has"),
        N_("Keys are made of plain letters and digits, so this is not one, and nothing was sent to %(host)s."),
        (
            Step(N_("Copy the key's 32 characters from Advanced parameters › Webservice again."), "settings.shop"),
            _CHECK,
        ),
    ),
    Entry(
        "shop.unreachable",
        N_("Your shop could not be reached (%(host)s)"),
        N_("The connection was refused or broke off. Nothing was changed in the shop by this request."),
        (_LATER, Step(N_("If the shop does not open in your browser either, tell your host."))),
        "host",
        True,
        "amber",
        side_away=True,
        no_answer=True,
    ),
    Entry(
        "shop.answer_too_large",
        N_("Your shop answered with more than cdsync reads of one answer (over %(limit)s, or too many parts)"),
        N_("It was not read to its end, so that it cannot stop the other work. No list that is asked for is so long."),
        (
            Step(N_("Wait for the next try: an answer that went wrong once is often right then.")),
            Step(N_("Ask your host, or the developer of your modules, what answers so much at %(host)s.")),
        ),
        "host",
        True,
        "amber",
    ),
    Entry(
        "shop.timeout",
        N_("Your shop did not answer in time (%(host)s)"),
        N_("It is slow at the moment, often because of a backup, a module, or too little memory."),
        (
            _LATER,
            Step(N_("If it happens daily, raise the time limit, and tell your host."), "settings.shop"),
        ),
        "host",
        True,
        "amber",
        no_answer=True,
    ),
    Entry(
        "shop.page_timeout",
        N_("Your shop did not answer within %(seconds)s seconds (%(host)s)"),
        N_("A page waits so long and no longer. Nothing was changed; imports wait as long as Settings say."),
        (
            Step(N_("Try again: what it has answered already is not asked again for some minutes.")),
            Step(N_("If it is always so slow, tell your host.")),
        ),
        "host",
        True,
        "amber",
    ),
    Entry(
        "shop.rate_limited",
        N_("Your shop's host asks cdsync to slow down"),
        N_("A firewall or a limit of the host counts requests. Imports go on more slowly."),
        (
            _LATER,
            Step(N_("If it happens often, let the operations run less often."), "automation"),
            Step(N_("Ask your host to let the address of cdsync through.")),
        ),
        "host",
        True,
        "amber",
        side_away=True,
    ),
    Entry(
        "shop.no_turn",
        N_("Your shop (%(host)s) was busy with other requests of cdsync"),
        N_(
            "cdsync sends no more at once, or in a minute, than Settings allow, or the host may block it. "
            "Nothing was sent."
        ),
        (
            _LATER,
            Step(N_("If it happens often and your host does not mind, allow more requests a minute."), "settings.shop"),
        ),
        "you",
        True,
        "amber",
    ),
    Entry(
        "shop.server_error",
        N_("Your shop's server failed to answer (%(method)s, HTTP %(status)s)"),
        N_("%(server)s said: “%(words)s”. PHP or the web server of the shop failed; a module is the usual cause."),
        (
            _LATER,
            Step(N_("If it lasts, look at the shop's error log, or send the time of the failure to your host.")),
            Step(N_("Switch off the module installed last and try again.")),
        ),
        "host",
        True,
        "amber",
    ),
    Entry(
        "shop.unreadable",
        N_("Your shop's answer could not be read: %(reason)s"),
        N_("A page, a PHP warning or half an answer came instead of data. It was thrown away whole."),
        (
            _LATER,
            Step(N_("Switch off debug mode in Advanced parameters › Performance: it prints warnings into answers.")),
            Step(N_("If it lasts, ask your host about %(host)s.")),
        ),
        "host",
        True,
        "amber",
    ),
    Entry(
        "shop.odd_value",
        N_("Your shop's webservice answered with text where a number or a date belongs, in “%(field)s”"),
        N_(
            "PrestaShop keeps nothing else there. A module that changes the webservice's answers, or a damaged row of "
            "the shop's database, gave something else. cdsync does not guess what it should be."
        ),
        (
            Step(N_("Switch off modules that change what the webservice answers, and try again.")),
            Step(N_("If it lasts, let whoever looks after your shop repair that row in its database.")),
        ),
        "you",
        True,
        "amber",
    ),
    Entry(
        "shop.outcome_unknown",
        N_("cdsync wrote to your shop and does not know yet whether it arrived"),
        N_("The request left, but no trustworthy answer came. It will not be repeated blindly: cdsync looks first."),
        (
            Step(N_("Do nothing: the next run looks in the shop and goes on by what it finds."), waits=True),
            Step(N_("If it lasts, see that the shop is not being updated, and look at its error log.")),
            Step(N_("Send your host the time: its log says why cdsync's requests get no answer.")),
        ),
        "us",
        True,
        "amber",
    ),
    Entry(
        "shop.order_unknown",
        N_("The shop order may exist already: your shop gave no trustworthy answer when it was made"),
        N_("cdsync waits until the shop must be done, looks for an order of cart %(cart)s, and only then goes on."),
        (
            Step(N_("Do nothing, and do not enter this order by hand: it would be in the shop twice."), waits=True),
            Step(N_("If it lasts for more than an hour, look at the shop's error log, or send your host the time.")),
            Step(N_("Then import the order again: cdsync looks for it before it makes anything."), "order"),
        ),
        "us",
        True,
        "amber",
    ),
    Entry(
        "shop.order_at_work",
        N_("Your shop seems to be still at work on shop order %(shop_order)s"),
        N_(
            "Parts of it are not there yet: lines, status, payment or invoice. cdsync reads it again, and leaves it to "
            "you once it has not changed any more."
        ),
        (
            Step(N_("Do nothing, and do not enter this order by hand: it would be in the shop twice."), waits=True),
            Step(N_("Ask your host what makes orders slow: mails and modules, mostly.")),
            Step(N_("Then import the order again: cdsync looks for it before it makes anything."), "order"),
        ),
        "host",
        True,
        "amber",
    ),
    Entry(
        "shop.still_at_work",
        N_("Your shop gave no answer, and may still be at work on this order"),
        N_("cdsync writes nothing more for it until the shop's time limit has passed, then looks what is there."),
        (
            Step(N_("Do nothing, and do not enter this order by hand: it would be in the shop twice."), waits=True),
            Step(N_("Ask your host what makes the shop slow: mails and modules, mostly.")),
            Step(N_("Then import the order again: cdsync looks for it before it makes anything."), "order"),
        ),
        "host",
        True,
        "amber",
    ),
    Entry(
        "shop.stock_busy",
        N_("Your shop may still be moving the stock of another order; this one waits its turn"),
        N_("Two orders that move one product's stock at the same moment lose pieces in PrestaShop."),
        (
            Step(N_("Do nothing: it goes on once the shop has answered, or its time limit has passed."), waits=True),
            Step(N_("Look at the other orders that wait: one of them got no answer from your shop."), "problems"),
            Step(N_("Ask your host why the shop does not answer, then import the order again."), "order"),
        ),
        "host",
        True,
        "amber",
    ),
    Entry(
        "shop.key_refused",
        N_("Your shop refused the webservice key"),
        N_("It said: “%(detail)s”. The key is wrong, was deleted, or is switched off."),
        (
            _RIGHTS,
            Step(N_("Copy its 32 characters into Settings, and see that the key is enabled."), "settings.shop"),
            _CHECK,
        ),
    ),
    Entry(
        "shop.right_missing",
        N_("The webservice key may not use “%(resource)s” (%(method)s)"),
        N_("Each kind of data needs its own tick in the key's table; without this one no order can be imported."),
        (
            _RIGHTS,
            Step(N_("In the row “%(resource)s” tick %(method)s, and save.")),
            _CHECK,
        ),
    ),
    Entry(
        "shop.webservice_missing",
        N_("There is no PrestaShop webservice at %(host)s"),
        N_("The address leads elsewhere, or the shop is in a folder, or addresses under /api are not rewritten."),
        (
            Step(N_("Check the address; add the folder if the shop is in one."), "settings.shop"),
            Step(N_("Open the address with /api at its end in a browser: it must ask for a user name.")),
            Step(N_("If it does not, save Shop parameters › Traffic & SEO once: that writes .htaccess again.")),
        ),
    ),
    Entry(
        "shop.webservice_off",
        N_("The webservice of your shop is switched off"),
        N_("The shop answered that it takes no requests from programs at all."),
        (
            Step(N_("In the back office open Advanced parameters › Webservice and enable it.")),
            _CHECK,
        ),
        "you",
        False,
        "amber",
        side_away=True,
    ),
    Entry(
        "shop.maintenance",
        N_("Your shop's server says that it is unavailable for now (HTTP 503)"),
        N_("%(server)s said: “%(words)s”. Updates, backups and too many visitors look like this; orders wait."),
        (
            _LATER,
            Step(N_("Finish what is being done in the shop: an update, or maintenance.")),
            Step(N_("If nobody does anything there, send your host the time and this page.")),
        ),
        "host",
        True,
        "amber",
        side_away=True,
    ),
    Entry(
        "shop.refused",
        N_("Your shop refused to save “%(field)s” of “%(resource)s”"),
        N_("It said: “%(message)s” (its code %(shop_code)s). The value came with the order or from your settings."),
        (
            Step(N_("Look at the exchanges on the order's page: they show the value that was refused."), "order"),
            Step(N_("If it comes from your settings, choose another."), "settings.shop"),
            Step(N_("Import the order again."), "order"),
            Step(N_("If the value looks right, a module of the shop may have a rule of its own: ask its maker.")),
        ),
    ),
    Entry(
        "shop.status_missing",
        N_("The order status %(status)s chosen in Settings does not exist in your shop"),
        N_("It was deleted or renumbered after you chose it. No order is imported into a status that is not there."),
        (Step(N_("Choose another status."), "settings.statuses"),),
    ),
    Entry(
        "shop.payment_module_missing",
        N_("The payment module “%(module)s” is not installed or not active in your shop"),
        N_("A shop order must name a payment module; buyers do not see it. It is used as a label only."),
        (
            Step(N_("Choose another payment module."), "settings.orders"),
            Step(N_("Or install and activate this one in Modules › Module Manager.")),
        ),
    ),
    Entry(
        "shop.group_missing",
        N_("The customer group %(group)s chosen in Settings does not exist in your shop"),
        N_("It was deleted after you chose it."),
        (Step(N_("Choose another customer group, or none."), "settings.orders"),),
    ),
    Entry(
        "shop.group_reduces",
        N_("The customer group “%(group)s” takes %(reduction)s %% off every price in your shop"),
        N_("Orders imported for it would come out cheaper than what the buyer paid on %(market)s."),
        (Step(N_("Choose a customer group without a discount."), "settings.orders"),),
    ),
)
