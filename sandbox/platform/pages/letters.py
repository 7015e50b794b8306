"""The inbox, and a letter with its videos and the form for the answer."""

from collections.abc import Collection, Sequence

from .. import quick as quick_answers
from ..answers import NAME, answer_subject, quoted, sender
from ..correspondence import Entry, Opened
from ..markup import Html, html, tag
from ..robot.plans import Hand
from ..serving import Response
from ..store import Answer
from ..words import LANGUAGES, word
from . import pieces, robot
from .frame import page
from .sent import answer_row
from .view import View


def inbox(letters: Sequence[Opened], view: View) -> Response:
    language = view.language
    if letters:
        rows = tag("ul", [_inbox_row(opened, view) for opened in letters], class_="cards")
    else:
        rows = pieces.empty(word("no_letters", language), word("no_letters_hint", language))
    listed = tag("div", rows, id="letters", data_live=True)
    body = tag("div", listed, robot.plans(view), class_="columns list")
    return page(view, section="inbox", title=word("inbox", language), body=body)


def letter(
    opened: Opened,
    view: View,
    *,
    text: str | None,
    ticked: Collection[str],
    numbers: str,
    quick: tuple[str, str],
    answers: Sequence[Answer],
    once: str,
) -> Response:
    """A letter, its videos and the form for the answer.

    `text`, `ticked` and `numbers` are what a form that could not be accepted held; `quick` is a kind and a language.
    """
    one, language = opened.letter, view.language
    steps = tag("div", _read_step(opened, language), _remove_step(opened, language, ticked, numbers), class_="columns")
    shown = text if text is not None else _prefilled(opened, language, quick)
    body = html(
        robot.hand_of(view, one.id), steps, _answer_step(opened, language, shown, once), _earlier(answers, language)
    )
    title = one.subject or word("no_subject", language)
    return page(view, section="inbox", title=title, body=body, back=f"/liaison/letters/{one.id}")


def _inbox_row(opened: Opened, view: View) -> Html:
    one, language = opened.letter, view.language
    title = tag("a", one.subject or word("no_subject", language), href=f"/liaison/letters/{one.id}", class_="title")
    chips = tag("span", _counts(opened, language), _answered(opened, view), robot.chip(view, one.id), class_="chips")
    meta = tag("span", one.writer, " · ", pieces.moment(one.received_at), class_="meta")
    return tag("li", title, meta, chips)


def _answered(opened: Opened, view: View) -> Html | None:
    if not opened.answered and view.hands.get(opened.letter.id) is Hand.NOBODY:
        return None
    key, look = ("answered", "chip done") if opened.answered else ("unanswered", "chip waiting")
    return tag("span", word(key, view.language), class_=look)


def _counts(opened: Opened, language: str) -> Html | None:
    if not opened.entries:
        return None
    return pieces.counts(len(opened.numbers("live")), len(opened.numbers("removed")), language)


def _read_step(opened: Opened, language: str) -> Html:
    one = opened.letter
    facts = [
        (word("from", language), one.writer),
        (word("to", language), sender(one)),
        (word("reply_to", language), one.reply_to),
        (word("came", language), pieces.moment(one.received_at)),
    ]
    source = tag("a", word("source", language), href=f"/liaison/letters/{one.id}/source")
    heading = tag("h2", word("step_read", language))
    mail = tag("pre", one.text, class_="mail")
    return tag("section", heading, pieces.facts(facts), mail, tag("p", source, class_="small"), class_="panel")


def _remove_step(opened: Opened, language: str, ticked: Collection[str], numbers: str) -> Html:
    heading = tag("h2", word("step_remove", language), " ", _counts(opened, language))
    if not opened.entries:
        return tag("section", heading, tag("p", word("no_links", language)), class_="panel", id="videos")
    heads = ("", word("number", language), word("message", language), word("state", language))
    typed = tag(
        "input", id="numbers", name="numbers", value=numbers, autocomplete="off", aria_describedby="numbers-hint"
    )
    everything = tag("button", word("remove_all", language), name="do", value="remove_all", class_="primary")
    is_done = not opened.numbers("live")
    form = tag(
        "form",
        None if is_done else tag("div", everything, class_="buttons"),
        pieces.table(heads, [_entry_row(entry, language, ticked) for entry in opened.entries]),
        tag("label", word("numbers", language), for_="numbers"),
        tag("p", word("numbers_hint", language), id="numbers-hint", class_="hint"),
        typed,
        pieces.change_buttons(language),
        method="post",
        action=f"/liaison/letters/{opened.letter.id}/videos",
    )
    return tag("section", heading, form, class_="panel", id="videos", data_live=True)


def _entry_row(entry: Entry, language: str, ticked: Collection[str]) -> Html:
    number = str(entry.link.number)
    label = word("choose", language, number=number)
    pick = pieces.box(number, label, ticked=number in ticked) if entry.post else None
    shown = f"{entry.post.room}/{entry.post.id}" if entry.post else entry.link.url
    return pieces.row(pick, number, pieces.public(entry.post, shown), pieces.state(entry.state, language))


def _prefilled(opened: Opened, language: str, quick: tuple[str, str]) -> str:
    kind, its_language = quick
    if kind not in quick_answers.TEXTS or its_language not in LANGUAGES:
        return f"\n\n{quoted(opened.letter, language)}"
    said = quick_answers.text(kind, its_language, live=opened.numbers("live"), gone=opened.numbers("removed"))
    return f"{said}\n\n{quoted(opened.letter, its_language)}"


def _answer_step(opened: Opened, language: str, text: str, once: str) -> Html:
    one = opened.letter
    facts = [
        (word("from", language), f"{NAME} <{sender(one)}>"),
        (word("to", language), one.reply_to),
        (word("subject", language), answer_subject(one)),
    ]
    form = tag(
        "form",
        tag("input", type="hidden", name="once", value=once),
        tag("label", word("text", language), for_="text"),
        tag("textarea", f"\n{text}", id="text", name="text", rows=18, required=True),  # HTML drops the first line end
        tag("div", tag("button", word("send", language), class_="primary"), class_="buttons"),
        method="post",
        action=f"/liaison/letters/{one.id}/answer",
    )
    heading = tag("h2", word("step_answer", language))
    return tag("section", heading, pieces.facts(facts), _quick_links(language), form, class_="panel", id="answer")


def _quick_links(language: str) -> Html:
    order = sorted(LANGUAGES, key=lambda code: code != language)
    rows = [
        tag(
            "p",
            tag("span", LANGUAGES[code], class_="meta", lang=code),
            [
                tag("a", word(f"quick_{kind}", code), href=f"?quick={kind}&in={code}#answer", class_="quick", lang=code)
                for kind in quick_answers.TEXTS
            ],
            class_="quicks",
        )
        for code in order
    ]
    return tag("nav", tag("h3", word("quick", language)), rows, aria_label=word("quick", language))


def _earlier(answers: Sequence[Answer], language: str) -> Html:
    rows = tag("ul", [answer_row(one, language) for one in answers], class_="cards")
    listed = html(tag("h2", word("earlier_answers", language)), rows) if answers else None
    return tag("section", listed, id="earlier", data_live=True)
