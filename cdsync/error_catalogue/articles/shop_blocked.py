"""The catalogue's texts for what stands between cdsync and the shop: firewalls, passwords, redirects. Data only."""

from __future__ import annotations

from .entry import N_, Entry, Step

_CHECK = Step(
    N_("Press “Test connection” in Settings: it tries each kind of request without changing anything."), "settings.shop"
)
_HOST = Step(
    N_(
        "Send your host this page and the time: its firewall's log (ModSecurity, Imunify360 or the like) names the "
        "rule. Ask it to let cdsync's address use GET, POST, PUT and PATCH under /api."
    )
)
_CLOUDFLARE = Step(
    N_(
        "Behind Cloudflare: add a custom rule with the action “Skip” for addresses under /api (Security), and switch "
        "bot protection off for them; Security › Events shows what was stopped."
    )
)

ENTRIES = (
    Entry(
        "shop.blocked",
        N_("Something in front of your shop refuses cdsync's %(method)s requests (HTTP %(status)s)"),
        N_(
            "Not PrestaShop answered but %(server)s: “%(words)s”. That is a firewall, a protection against robots or "
            "a rule of your host; it does not pass by itself."
        ),
        (
            _HOST,
            _CLOUDFLARE,
            _CHECK,
            Step(N_("Then run the operation again: every order goes on where it stood."), "runs"),
        ),
        "host",
    ),
    Entry(
        "shop.content_blocked",
        N_(
            "Something in front of your shop refuses what this order holds (%(method)s “%(resource)s”, HTTP %(status)s)"
        ),
        N_(
            "%(server)s answered “%(words)s”, though the same kind of request passes with other content: a firewall "
            "takes something in a name, a street or a title for an attack."
        ),
        (
            _HOST,
            _CLOUDFLARE,
            Step(N_("Then import the order again: it goes on where it stood."), "order"),
        ),
        "host",
    ),
    Entry(
        "shop.https_wanted",
        N_("Your shop (%(host)s) only answers on https"),
        N_(
            "It sends every request on to %(address)s, and cdsync never follows: the key would travel "
            "twice, once unencrypted."
        ),
        (
            Step(N_("Enter %(address)s as the address of the shop, with https:// at its beginning."), "settings.shop"),
            _CHECK,
        ),
    ),
    Entry(
        "shop.in_folder",
        N_("Your shop's webservice is not at the address entered, but at %(address)s"),
        N_("PrestaShop answers there, and not at the address entered; cdsync looked in the usual folders of %(host)s."),
        (Step(N_("Enter %(address)s as the address, if it is your shop."), "settings.shop"), _CHECK),
    ),
    Entry(
        "shop.key_not_passed",
        N_("The webservice key does not reach PrestaShop: your host drops it on the way"),
        N_(
            "PrestaShop at %(host)s asks for a key although one was sent. PHP that runs as CGI does not get the "
            "Authorization header unless it is told to."
        ),
        (
            Step(
                N_(
                    "In the back office open Advanced parameters › Webservice, switch on “Enable CGI mode for PHP”, "
                    "and save."
                )
            ),
            Step(N_("Or ask your host to pass the Authorization header on to PHP (CGIPassAuth On).")),
            Step(N_("Or choose “address” in Settings, How the key is sent."), "settings.shop"),
            _CHECK,
        ),
        "host",
    ),
    Entry(
        "shop.site_password",
        N_("Your shop (%(host)s) is behind a password of its own"),
        N_("%(server)s asks for “%(wanted)s”. That is not PrestaShop, so the webservice key cannot open it."),
        (
            Step(N_("Enter user name and password of the site in Settings, Shop."), "settings.shop"),
            Step(N_("Or ask whoever set it to let cdsync's address in without it.")),
            _CHECK,
        ),
    ),
    Entry(
        "shop.site_password_refused",
        N_("The password in front of your shop (%(host)s) is a different one"),
        N_("%(server)s refused the user name and password of the site entered in Settings; it asks for “%(wanted)s”."),
        (
            Step(N_("Enter them again, as your browser is asked for them."), "settings.shop"),
            _CHECK,
        ),
    ),
    Entry(
        "shop.site_password_passed_on",
        N_("PrestaShop takes the site's user name for the webservice key"),
        N_(
            "The site password opened the door, but your server hands it on to PrestaShop, which looks for its key in "
            "the same place and never at the address then."
        ),
        (
            Step(N_("Ask whoever set the password to let cdsync's address in without it, or to leave out /api.")),
            Step(N_("Or to take the Authorization header away once it has let a request in.")),
            Step(N_("Without the password, empty its two fields in Settings."), "settings.shop"),
            _CHECK,
        ),
        "host",
    ),
    Entry(
        "shop.number_unknown",
        N_("Your shop does not know the shop number entered in Settings"),
        N_("It said: “%(message)s”. The number is needed for a multishop only."),
        (Step(N_("Correct the shop number, or empty it if you have one shop."), "settings.shop"), _CHECK),
    ),
    Entry(
        "shop.not_given",
        N_("Your shop refused a request about “%(resource)s”"),
        N_("It said: “%(message)s” (its code %(shop_code)s). Nothing was changed by asking."),
        (
            Step(N_("See whether an update or a module of the shop changed its webservice; its maker can say.")),
            Step(N_("Send us the code and the version of your shop: cdsync may have to ask differently.")),
        ),
        "us",
    ),
)
