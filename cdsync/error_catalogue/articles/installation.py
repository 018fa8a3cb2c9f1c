"""The catalogue's texts for accounts, users and the installation of cdsync. Data only."""

from __future__ import annotations

from .entry import N_, Entry, Step

ENTRIES = (
    Entry(
        "account.unknown",
        N_("There is no account “%(account)s”"),
        N_("The accounts are: %(known)s."),
        (Step(N_("Name one of them with --account.")),),
    ),
    Entry(
        "account.ambiguous",
        N_("There are several accounts, and the command did not name one"),
        N_("cdsync does not guess which is meant. The accounts are: %(known)s."),
        (Step(N_("Name one of them with --account.")),),
    ),
    Entry(
        "account.gone",
        N_("The account that this page shows no longer exists"),
        N_("It was removed while the page stood open. Nothing was done."),
        (Step(N_("Reload the page: it shows an account that is there.")),),
    ),
    Entry(
        "account.unnamed",
        N_("The page did not say which account it is about"),
        N_("cdsync does not guess which is meant, and did nothing. The accounts are: %(known)s."),
        (Step(N_("Reload the page, and press the button there.")),),
    ),
    Entry(
        "account.elsewhere",
        N_("%(what)s belongs to the account “%(account)s”, and this page shows another one"),
        N_("Nothing was done: what a page starts, it starts in the account it shows."),
        (Step(N_("Go to that account first.")),),
    ),
    Entry(
        "order.unknown",
        N_("cdsync knows no order %(orders)s"),
        N_("Neither as the marketplace's order id nor as its reference, in this account. Nothing was started."),
        (
            Step(N_("Check the number for a typing mistake.")),
            Step(N_("Look orders up; a new one comes with the next lookup."), "runs"),
            Step(N_("Is it older? Raise the number of days to look back."), "settings.orders"),
        ),
    ),
    Entry(
        "order.ambiguous",
        N_("The reference %(reference)s stands for several orders"),
        N_("They are: %(orders)s."),
        (Step(N_("Name the one you mean by its order id.")),),
    ),
    Entry(
        "user.name_invalid",
        N_("This user name cannot be used"),
        N_("A name has 1 to 128 visible characters."),
        (Step(N_("Choose another name.")),),
    ),
    Entry(
        "user.role_unknown",
        N_("There is no role “%(role)s”"),
        N_("The roles are: %(roles)s."),
        (Step(N_("Name one of them with --role.")),),
    ),
    Entry(
        "user.password_short",
        N_("The password is too short"),
        N_("It needs at least %(shortest)s characters."),
        (Step(N_("Choose a longer one, or leave it out: cdsync makes one up.")),),
    ),
    Entry(
        "user.exists",
        N_("There is a user “%(name)s” already"),
        N_("Two people cannot sign in under one name."),
        (Step(N_("Choose another name.")),),
    ),
    Entry(
        "user.unknown",
        N_("There is no user “%(name)s”"),
        N_("Those who can sign in, or could, are: %(known)s."),
        (
            Step(N_("Check the name for a typing mistake.")),
            Step(N_("“flask --app app user add NAME --role merchant” adds somebody.")),
        ),
    ),
    Entry(
        "user.last_merchant",
        N_("“%(name)s” is the last merchant who can sign in"),
        N_("Without one nobody could change settings, or let anybody in again. Nothing was changed."),
        (
            Step(N_("Make somebody else merchant first: “flask --app app user role NAME merchant”.")),
            Step(N_("Or add another one: “flask --app app user add NAME --role merchant”.")),
        ),
    ),
    Entry(
        "user.oneself",
        N_("Nobody can change this for themselves"),
        N_("You could lock yourself out. Nothing was changed."),
        (Step(N_("Ask another merchant; your own password, language and time zone are on your own page.")),),
    ),
    Entry(
        "user.language_unknown",
        N_("There is no language “%(language)s”"),
        N_("Nothing was changed."),
        (Step(N_("Choose one of the list.")),),
    ),
    Entry(
        "user.timezone_unknown",
        N_("There is no time zone “%(timezone)s”"),
        N_("cdsync knows those of the tz database by the name of a place, such as Europe/Paris. Nothing was changed."),
        (Step(N_("Choose one of the list.")),),
    ),
    Entry(
        "settings.secret_unreadable",
        N_("The stored secrets cannot be read"),
        N_("They were encrypted with another CDSYNC_SECRET_KEY than the one in use now."),
        (
            Step(
                N_("Bring the key's file back from a backup, or set CDSYNC_SECRET_KEY_OLD to the former key; restart.")
            ),
            Step(N_("With CDSYNC_SECRET_KEY_OLD, run “flask --app app secrets rotate”, and take it away.")),
            Step(N_("If it is lost, enter the client secret and the shop's key again."), "settings.marketplace"),
        ),
    ),
    Entry(
        "settings.secret_former_key",
        N_("%(count)s stored secrets are still encrypted with a former key"),
        N_("They can be read as long as CDSYNC_SECRET_KEY_OLD, or the former key's file, is there."),
        (Step(N_("Run “flask --app app secrets rotate”: it encrypts them with the key in use now.")),),
        "you",
        False,
        "amber",
    ),
    Entry(
        "settings.secret_elsewhere",
        N_("%(setting)s has to be entered again"),
        N_("It was entered for another address, and cdsync sends it to no other. Nothing was sent."),
        (
            Step(N_("Check the address: is it the one you mean to give it to?"), "settings.marketplace"),
            Step(N_("If it is, type it again beside that address, and save.")),
        ),
    ),
    Entry(
        "config.secret_key_empty",
        N_("The file %(file)s is empty; it should hold the key of this installation"),
        N_("Without it stored secrets cannot be read and nobody can sign in."),
        (
            Step(N_("Bring the file back from a backup.")),
            Step(N_("If there is none, delete it: cdsync makes a new key, and secrets have to be entered again.")),
        ),
    ),
    Entry(
        "config.secret_key_short",
        N_("The key in %(where)s has %(length)s characters; it needs at least %(shortest)s"),
        N_("Secrets in the database are encrypted with it, and whoever guesses it can sign in as anybody."),
        (
            Step(N_("Make one with “python3 -c 'import secrets; print(secrets.token_urlsafe(48))'”.")),
            Step(N_("Put it in CDSYNC_SECRET_KEY, and the one you have in CDSYNC_SECRET_KEY_OLD; start cdsync so.")),
            Step(N_("Run “flask --app app secrets rotate”, and then take CDSYNC_SECRET_KEY_OLD away.")),
        ),
    ),
    Entry(
        "config.port_wrong",
        N_("“%(port)s” is not a port number"),
        N_("CDSYNC_PORT must be a number from 1 to 65535."),
        (Step(N_("Correct CDSYNC_PORT, and start cdsync again.")),),
    ),
    Entry(
        "config.trusted_proxy_wrong",
        N_("CDSYNC_TRUSTED_PROXY cannot be understood: “%(value)s”"),
        N_("It says which proxy in front of cdsync is believed about visitors: a number of proxies, or addresses."),
        (
            Step(N_("Correct it, such as 1, or 127.0.0.1, or 10.0.0.0/8, and start cdsync again.")),
            Step(N_("Leave it out where browsers reach cdsync without a proxy.")),
        ),
    ),
    Entry(
        "config.private_addresses_wrong",
        N_("CDSYNC_ALLOW_PRIVATE_ADDRESSES cannot be understood: “%(value)s”"),
        N_("It says which addresses inside a network cdsync may call: no, loopback, yes, or networks."),
        (
            Step(
                N_("Correct it, such as “192.168.1.0/24, 10.1.2.3”, or leave it out for none; then start cdsync again.")
            ),
        ),
    ),
    Entry(
        "config.host_app_wrong",
        N_("CDSYNC_APP does not lead to an app that cdsync is mounted in"),
        N_("It says “%(app)s”: %(reason)s."),
        (
            Step(N_("Write it as module:attribute, like shop.app:app, and start the process where Python finds it.")),
            Step(N_("Is cdsync an installation of its own? Then leave CDSYNC_APP out.")),
        ),
    ),
    Entry(
        "config.workers_wrong",
        N_("“%(workers)s” is not a number of workers"),
        N_("CDSYNC_WORKERS must be a whole number from 1 to %(most)s; without it there are 4."),
        (Step(N_("Correct CDSYNC_WORKERS, and start the workers again.")),),
    ),
    Entry(
        "instance.unusable",
        N_("cdsync cannot use its folder %(folder)s: %(reason)s"),
        N_("It keeps its key there, and, unless told otherwise, its database."),
        (
            Step(N_("Make it a folder that the user cdsync runs as may read and write, with room on its disk.")),
            Step(N_("Then start cdsync again.")),
        ),
    ),
    Entry(
        "instance.foreign",
        N_("The folder %(folder)s, where Redis is to listen, was made by somebody else"),
        N_("The path of the instance folder is too long for a socket. Whoever made that folder could answer as Redis."),
        (
            Step(N_("Find out who made it, and remove it.")),
            Step(N_("Or move cdsync to a folder with a shorter path, or set CDSYNC_REDIS_URL.")),
        ),
    ),
    Entry(
        "instance.open",
        N_("Other users of this machine can read files of cdsync in %(folder)s"),
        N_("They hold orders, secrets and the key to them. cdsync closes its own at each start, but nobody else's."),
        (
            Step(N_("Give them to the user cdsync runs as (chown), and take the others' rights (chmod go-rwx).")),
            Step(N_("Or start cdsync again: what it may, it mends by itself.")),
        ),
    ),
    Entry(
        "launch.already_running",
        N_("“make run” is running in %(folder)s already (process %(process)s)"),
        N_("Two in one folder would write to one Redis file and one rehearsal. Nothing was started."),
        (
            Step(N_("Use the one that runs, or stop it first: Ctrl-C in its terminal.")),
            Step(N_("For a second installation, make a second clone of cdsync.")),
        ),
    ),
    Entry(
        "database.away",
        N_("The database cannot be reached"),
        N_("It said: %(reason)s. What was stored is kept; nothing more can be done without it."),
        (
            Step(N_("Start it, or correct CDSYNC_DATABASE_URL and start cdsync again.")),
            Step(N_("SQLite: the user cdsync runs as must be able to write in its folder, and its disk needs room.")),
        ),
        "you",
        True,
    ),
    Entry(
        "database.read_only",
        N_("cdsync may not write to its database"),
        N_("It said: %(reason)s. What was stored is kept; nothing more can be done until it can be written to."),
        (
            Step(N_("SQLite: let the user cdsync runs as write to the file and to its folder.")),
            Step(N_("PostgreSQL: give cdsync's role the right to write, on the server that takes writes.")),
        ),
    ),
    Entry(
        "database.disk_full",
        N_("There is no room left for the database"),
        N_("It said: %(reason)s. What was stored is kept, and nothing half-done was."),
        (Step(N_("Make room on its disk; cdsync then goes on by itself.")),),
    ),
    Entry(
        "database.disk_failed",
        N_("The disk of the database fails to store what is written, or to give it back"),
        N_("It said: %(reason)s. Often the disk or a quota is full. What was stored is kept, and nothing half-done."),
        (
            Step(N_("Look whether there is room on the disk, and make some; cdsync then goes on by itself.")),
            Step(
                N_("If there is room, look into the machine's own log: the disk may be failing. Make a backup first.")
            ),
        ),
    ),
    Entry(
        "database.not_current",
        N_("The database has no tables yet, or those of another version of cdsync"),
        N_("It said: %(reason)s. Nothing was changed."),
        (
            Step(N_("Run “flask --app app db upgrade”.")),
            Step(N_("Then start cdsync again; “make run” does both.")),
        ),
    ),
    Entry(
        "database.newer",
        N_("The database was made by a newer version of cdsync than this one"),
        N_("This version does not know its tables, so nothing was changed."),
        (
            Step(N_("Install the newer version again.")),
            Step(N_("To stay with this one, bring back the backup from before the update.")),
        ),
    ),
    Entry(
        "database.damaged",
        N_("The database file cannot be read"),
        N_("It said: %(reason)s. The file is no SQLite database, or it was damaged."),
        (
            Step(N_("Does CDSYNC_DATABASE_URL name the right file? If not, correct it.")),
            Step(N_("Else stop cdsync and bring the file back from a backup.")),
        ),
    ),
    Entry(
        "database.address_wrong",
        N_("CDSYNC_DATABASE_URL cannot be used: %(reason)s"),
        N_("cdsync keeps its data in SQLite or PostgreSQL."),
        (Step(N_("Correct it, such as postgresql://user:password@host/name, or leave it out for SQLite.")),),
    ),
)
