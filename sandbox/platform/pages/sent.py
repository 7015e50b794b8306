"""The answers that left."""

import re
from collections.abc import Sequence

from ..markup import Html, tag
from ..serving import Response
from ..store import Answer
from ..words import word
from . import pieces
from .frame import page
from .view import View

GREETING = re.compile(r"(?:hello|hi|dear\b.*|안녕하\w+)[,.]?\s*$", re.IGNORECASE)


def sent(answers: Sequence[Answer], view: View) -> Response:
    language = view.language
    rows = tag("ul", [answer_row(one, language) for one in answers], class_="cards")
    body = tag("div", rows if answers else pieces.empty(word("no_answers", language)), id="answers", data_live=True)
    return page(view, section="sent", title=word("sent", language), body=body, back="/liaison/sent/")


def sent_answer(one: Answer, view: View) -> Response:
    language = view.language
    facts = [(word("to", language), one.recipient), (word("sent_at", language), pieces.moment(one.sent_at))]
    source = tag("a", word("letter", language), href=f"/liaison/letters/{one.letter}")
    mail = tag("pre", one.text, class_="mail")
    body = tag("section", pieces.facts(facts), _chips(one, language), tag("p", source), mail, class_="panel")
    return page(view, section="sent", title=one.subject, body=body, back=f"/liaison/sent/{one.id}")


def answer_row(one: Answer, language: str) -> Html:
    title = tag("a", one.subject, href=f"/liaison/sent/{one.id}", class_="title")
    meta = tag("span", one.recipient, " · ", pieces.moment(one.sent_at), class_="meta")
    return tag("li", title, meta, tag("span", _gist(one.text), class_="excerpt"), _chips(one, language))


def _gist(text: str) -> str:
    """The first words after the greeting."""
    paragraphs = [part for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    told = paragraphs[1:] if len(paragraphs) > 1 and GREETING.match(paragraphs[0]) else paragraphs
    return " ".join("".join(told[:1]).split())


def _chips(one: Answer, language: str) -> Html | None:
    shown = [
        tag("span", word("automatic", language), class_="chip") if one.is_automatic else None,
        None if one.left_house else tag("span", word("unclear", language), class_="chip waiting"),
    ]
    return tag("span", shown, class_="chips") if any(shown) else None
