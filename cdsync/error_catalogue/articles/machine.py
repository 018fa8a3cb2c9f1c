"""The catalogue's texts for cdsync itself: settings, runs, database, queue. Data only."""

from __future__ import annotations

from .entry import N_, Entry, Step

ENTRIES = (
    Entry(
        "settings.incomplete",
        N_("Settings are not complete: %(fields)s"),
        N_("Without them cdsync cannot work, so nothing was tried."),
        (Step(N_("Fill in the settings named above."), "settings.marketplace"),),
    ),
    Entry(
        "connector.unknown",
        N_("There is no connector “%(connector)s” on this machine"),
        N_("The settings name a marketplace or shop type that is not installed (any more)."),
        (
            Step(N_("Choose another one."), "settings.marketplace"),
            Step(N_("Or install the package that brings it, and restart cdsync.")),
        ),
    ),
    Entry(
        "run.already_running",
        N_("This operation is running already (run %(run)s)"),
        N_("Two runs of one operation never overlap, so that nothing is done twice."),
        (Step(N_("Wait until that run has ended, or stop it."), "runs"),),
        "you",
        True,
        "amber",
    ),
    Entry(
        "run.no_answer",
        N_("Run %(run)s, %(operation)s, is under way and has had no answer since %(since)s"),
        N_("No request may take that long: the other side, the network or the run itself is stuck."),
        (
            Step(N_("Do nothing: a run that is stuck is given up by itself, and another one goes on."), waits=True),
            Step(N_("See on its page what it waits for."), "runs"),
        ),
        "you",
        True,
    ),
    Entry(
        "run.not_taken",
        N_("%(operation)s has waited for a worker since %(since)s"),
        N_("Workers take runs one after the other, and none has come to this one yet."),
        (
            Step(N_("See on the Automation page whether workers are alive, and what they are doing."), "automation"),
            Step(N_("Start more of them if all are always busy.")),
        ),
        "you",
        True,
    ),
    Entry(
        "run.no_lookup",
        N_("No lookup has succeeded since %(since)s"),
        N_("New orders, cancellations and deadlines are not seen meanwhile."),
        (
            Step(N_("See why the last lookups did not finish."), "runs"),
            Step(N_("Look whether scheduler and worker are alive; or whether cron still calls."), "automation"),
        ),
        "you",
        True,
    ),
    Entry(
        "run.no_progress",
        N_("The run got no further: no answer since %(since)s"),
        N_(
            "A request has a time limit, and it was over long before. The run was given up, and its worker with it;"
            " the next run looks before it goes on: nothing is done twice."
        ),
        (
            Step(N_("Do nothing: what it left is taken up by itself, at most four times."), waits=True),
            Step(N_("If it comes again, look whether marketplace and shop answer."), "settings.shop"),
            Step(N_("If both answer, restart cdsync and tell us the number of the run.")),
        ),
        "us",
        True,
    ),
    Entry(
        "run.interrupted",
        N_("The run's worker was stopped"),
        N_("The order at hand was finished. What is left is taken up by itself as soon as a worker runs again."),
        (
            Step(N_("Do nothing: it goes on by itself."), waits=True),
            Step(N_("Look whether a worker is alive, and start the operation again."), "automation"),
        ),
        "you",
        True,
        "amber",
        taken_up=True,
    ),
    Entry(
        "run.stopped",
        N_("The run was stopped before it came to this order"),
        N_("Nothing was begun for the order; it is where it was."),
        (Step(N_("Start the operation again when you like."), "order"),),
        "you",
        False,
        "amber",
    ),
    Entry(
        "page.busy",
        N_("Your shop or the marketplace is slow: other pages are waiting for it already"),
        N_("Only %(most)s pages wait for the other side at a time, so that all others stay quick. It was not asked."),
        (Step(N_("Try again in some seconds; what you typed is still there.")),),
        "you",
        True,
        "amber",
    ),
    Entry(
        "database.locked",
        N_("The database was busy"),
        N_("Another part of cdsync was writing. Nothing half-done was kept."),
        (
            Step(N_("Do nothing: it is tried again."), waits=True),
            Step(N_("If it happens often, use PostgreSQL instead of SQLite (CDSYNC_DATABASE_URL).")),
        ),
        "us",
        True,
        "amber",
        side_away=True,
    ),
    Entry(
        "redis.away",
        N_("The work queue (Redis at %(host)s) cannot be reached"),
        N_("Buttons and schedules hand their work to it, so nothing was started. No order was touched."),
        (
            Step(N_("See on the Automation page what is alive."), "automation"),
            Step(N_("Start Redis, or stop cdsync and start it again with “make run”.")),
            Step(N_("From the command line, --inline works without it.")),
        ),
    ),
    Entry(
        "redis.keeps_nothing",
        N_("The work queue (Redis at %(host)s) accepts nothing any more"),
        N_("It said: %(reason)s. Often its disk or memory is full. Nothing was started, and no order was touched."),
        (
            Step(N_("Make room on the disk of Redis, or give it more memory; cdsync then goes on by itself.")),
            Step(N_("From the command line, --inline works without it.")),
        ),
    ),
    Entry(
        "redis.no_password",
        N_("The work queue (Redis at %(host)s) asks for no password, and cdsync does not use it like that"),
        N_("Whoever can reach that port, on this machine too, could tell the workers what to do. Nothing was started."),
        (
            Step(
                N_("Give Redis a password (requirepass), and put it in CDSYNC_REDIS_URL: redis://:PASSWORD@host:6379.")
            ),
            Step(N_("Or let it listen at a unix socket only, as “make run” does: unix:///path/to/redis.sock.")),
            Step(
                N_(
                    "If nobody else reaches it, CDSYNC_ALLOW_OPEN_REDIS=yes accepts it as it is. Then start cdsync "
                    "again."
                )
            ),
        ),
    ),
    Entry(
        "redis.password_wrong",
        N_("The work queue (Redis at %(host)s) refuses cdsync's password"),
        N_("It answers, but the password in CDSYNC_REDIS_URL is not its own, or may not do what cdsync needs."),
        (Step(N_("Correct CDSYNC_REDIS_URL, wherever cdsync runs, and start cdsync again.")),),
    ),
    Entry(
        "internal",
        N_("cdsync made a mistake (%(kind)s)"),
        N_("This is a fault of the program, not of the order. It was logged; the run went on with the next order."),
        (
            Step(N_("Try the order again once."), "order"),
            Step(N_("If it fails again, tell us the time and the order's number.")),
        ),
        "us",
    ),
)

UNKNOWN = Entry(
    "",
    N_("Something went wrong that cdsync has no sentence for (code %(code)s)"),
    N_("The code comes from a newer version or from a connector that was added."),
    (Step(N_("Tell us the code and, if there is one, the order's number.")),),
    "us",
)
