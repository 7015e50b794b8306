"""The simulated platform: public message pages like t.me's, a real mailbox, the liaison's desk, and a robot at it.

    python -m sandbox.platform --web 127.0.0.1:8100 --mail 127.0.0.1:2526 --relay 127.0.0.1:2525 \
        --data var/platform --seed --robot

`--relay` is where its answers go by SMTP; with `--zone FILE` they are signed (DKIM), and the key's record is put there.
`--mailbox` (repeatable) names the addresses that exist here; mail for any other is refused with 550. `--seed` makes the
neutral rooms that the folder lacks. With `--robot` the letters are answered by the robot of `sandbox.platform.robot`,
without it by hand, unless somebody chose before: the folder remembers. Nothing comes from the environment. One line on
standard output, `ready web=HOST:PORT smtp=HOST:PORT`, says that it listens (port 0: a free one is picked); SIGTERM or
SIGINT stop it cleanly. No Django; everything is kept in the data folder, all but the key in one SQLite file.

For a person: http://WEB/liaison/. For scripts, JSON both ways (an error is `{"error": sentence}` with a fitting
status):

- `GET  /liaison/api/inbox`    list of letters: id, subject, from, reply_to, message_id, text, received_at, answered,
  hand (robot, person, nobody: it needs no answer; null: nobody has seen it yet),
  links (number, url, room, id, state: live, removed or elsewhere)
- `POST /liaison/api/remove`   `{"room": …, "ids": […]}` → `{"changed": […]}`; all of them or, when one is unknown, none
- `POST /liaison/api/restore`  the same, puts them back
- `POST /liaison/api/publish`  the same, adds messages (and the room) that are not there yet
- `POST /liaison/api/answer`   `{"letter": id, "text": …}` → `{"message_id": …, "to": …}`; `"quote": false` leaves the
  quoted letter out, `"language": "ko"` words the line above the quote in Korean
- `GET  /liaison/api/robot`    mode (robot or hand), hour_seconds (real seconds for a story hour), plans: letter,
  subject, step (a code of `robot.schedule`), words, in_seconds (null while the clock stands still)
- `POST /liaison/api/robot`    `{"mode": …, "hour_seconds": …}`, either or both → as GET
- `POST /liaison/api/hurry`    `{}` → the next step happens now and the story's clock is put forward to its hour;
  answers once it is done: `{"letter": id, "step": …}`, both null when nothing is planned

Whoever removes, restores or answers, here or on the desk's pages, takes the letter out of the robot's hands for good.

Rests on: t.me itself can't be reached from where this was written. The marks of its pages are those on which public
code that reads them agrees; platforms/checkers/telegram.py names the sources.
"""
