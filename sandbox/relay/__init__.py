"""A small store-and-forward mail relay for trying out and for tests.

    python -m sandbox.relay --listen 127.0.0.1:2525 --spool var/relay \
        --route portal.test=lmtp://127.0.0.1:2424 --route telegram.test=smtp://127.0.0.1:2526

Options: `--hostname` (its name in Received and in bounces), `--size-limit` (bytes of one message), `--retry-first` and
`--retry-most` (seconds between attempts, doubling from the first to the most), `--timeout` (seconds for each answer of
a destination), `--give-up-after` (seconds until an undelivered message is returned). Nothing comes from the
environment. One line on standard output, `ready smtp=HOST:PORT`, says that it listens (port 0: a free one is picked);
SIGTERM or SIGINT stop it cleanly. No Django, no database.

What it promises: 250 is answered only after message and envelope lie on the disk (file and folder synced), each
recipient is delivered and recorded apart from the others, and a kill -9 at any moment loses nothing. What no relay can
promise: when it is killed, or the line breaks, between a destination's 250 and the note of it, that recipient gets the
message a second time.
"""
