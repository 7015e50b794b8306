"""Telegram: what a message's widget page says about that very message.

Asked: `GET https://t.me/<user>/<id>?embed=1&single=1` (single: this member of an album, not the whole album). The
answer is 200 `text/html` whether the message is there or not. Read from the page, and from nothing else:

- live: an element whose class list has `tgme_widget_message` and whose `data-post` is `<user>/<id>` (the user's case
  folded, the number exact), and no element of class `tgme_widget_message_error`;
- gone: an element of class `tgme_widget_message_error` whose text, white space collapsed, is "Post not found" (case
  and a final full stop aside), and no element with `data-post` anywhere on the page.

Everything else is `cannot_verify`: another status, a redirect away from the post, a page that is no HTML or too big,
another post's `data-post`, both marks at once, another error text. The last matters: "Channel with username … not
found" comes for a room that was renamed as well as for one that was closed, so it proves nothing about the message.
Private rooms (`/c/`, invites) have no public page at all, comments and phone numbers need an account.

Rests on: the page can't be reached from where this was written. The marks are those on which public code that reads
these pages agrees (wptelegram's widget plug-in: class and "not found"; telegram-channels-feed: "Post not found" and
"Channel with username"; yt-dlp's telegram extractor: `embed=1`, `single`), read in 2024 and later. Telegram publishes
no contract for them, which is why only an exact match counts.
"""
