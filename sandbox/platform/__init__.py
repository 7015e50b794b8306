"""The simulated platform: public message pages like t.me's, a real mailbox, and the liaison's desk.

    python -m sandbox.platform --web 127.0.0.1:8100 --mail 127.0.0.1:2526 --relay 127.0.0.1:2525 \
        --data var/platform --seed

`--relay` is where its answers go by SMTP. `--mailbox` (repeatable) names the addresses that exist here; mail for any
other is refused with 550. `--seed` fills an empty folder with three neutral rooms. Nothing comes from the
environment. One line on standard output, `ready web=HOST:PORT smtp=HOST:PORT`, says that it listens (port 0: a free one
is picked); SIGTERM or SIGINT stop it cleanly. No Django; everything is kept in one SQLite file in the data folder.

For a person: http://WEB/liaison/. For scripts, JSON both ways (an error is `{"error": sentence}` with a fitting
status):

- `GET  /liaison/api/inbox`    list of letters: id, subject, from, reply_to, message_id, text, received_at, answered,
  links (number, url, room, id, state: live, removed or elsewhere)
- `POST /liaison/api/remove`   `{"room": …, "ids": […]}` → `{"changed": […]}`; all of them or, when one is unknown, none
- `POST /liaison/api/restore`  the same, puts them back
- `POST /liaison/api/publish`  the same, adds messages (and the room) that are not there yet
- `POST /liaison/api/answer`   `{"letter": id, "text": …}` → `{"message_id": …, "to": …}`; `"quote": false` leaves the
  quoted letter out, `"language": "ko"` words the line above the quote in Korean

Rests on: t.me itself can't be reached from where this was written. The marks of its pages are those on which public
code that reads them agrees; platforms/checkers/telegram.py names the sources.
"""
