"""What the desk shows of the robot: the strip on every page, its plans, and whose a letter is."""

import math

from ..markup import Html, html, tag
from ..robot.clock import SPEEDS, Mode
from ..robot.plans import Hand
from ..robot.runner import Coming
from ..robot.telling import describe
from ..words import word
from .pieces import empty, pressed
from .view import View


def strip(view: View, back: str) -> Html:
    """Who answers, what comes next, hurry, speed. Every page has it in the same place."""
    language = view.language
    return tag(
        "section",
        tag("div", tag("p", word("answers", language), id="who"), _mode(view, back), class_="who"),
        tag("div", _next(view), class_="next"),
        tag("div", _hurry(view, back), _speed(view, back), class_="pace"),
        class_=f"strip {view.clock.mode}",
        id="robot",
        data_live=True,
        aria_labelledby="who",
    )


def plans(view: View) -> Html:
    """All that the robot is about to do, for the inbox."""
    language = view.language
    heading = tag("h2", word("plans", language))
    if view.coming:
        body: Html = tag("ol", [_plan(coming, view, with_letter=True) for coming in view.coming], class_="plans")
    else:
        body = empty(word("no_plans", language), word("no_plans_hint", language))
    return tag("section", heading, body, class_="side", id="plans", data_live=True)


def hand_of(view: View, letter: int) -> Html:
    """On a letter's page: whose it is, what will be done about it, and a button that takes it over."""
    language, coming = view.language, view.coming_for(letter)
    key = _key(view, letter) or "open"
    steps = tag("ol", [_plan(one, view) for one in coming], class_="plans") if coming else None
    take = tag("form", tag("button", word("take", language)), method="post", action=f"/liaison/letters/{letter}/take")
    words = tag("p", tag("strong", word(f"hand_{key}", language)), " ", word(f"hand_{key}_note", language))
    top = tag("div", words, take if coming else None, class_="apart")
    return tag("section", top, steps, class_=f"panel hand {key}", id="hand", data_live=True)


def chip(view: View, letter: int) -> Html | None:
    """Whose a letter is, in a list."""
    key = _key(view, letter)
    if key is None:
        return None
    return tag("span", word(f"hand_{key}", view.language), class_=f"chip hand {key}")


def _key(view: View, letter: int) -> str | None:
    """Whose it is, as the words' keys say it: robot, robot_rests, robot_done, person, nobody; None: nobody took it."""
    hand = view.hands.get(letter)
    if hand is not Hand.ROBOT:
        return None if hand is None else str(hand)
    if not view.coming_for(letter):
        return "robot_done"
    return "robot" if view.clock.runs else "robot_rests"


def when(coming: Coming, language: str) -> Html:
    """ "in 12 s"; the desk's script counts it down."""
    seconds = coming.in_seconds
    if seconds is None:
        return tag("span", word("waits", language), class_="when")
    spell = {unit: word(f"in_{unit}", language, n="__n__") for unit in ("seconds", "minutes", "hours")}
    said = {f"data_{unit}": words for unit, words in spell.items()}
    shown = _spelt(seconds, language)
    return tag("span", shown, class_="when", data_in=f"{seconds:.1f}", data_now=word("now", language), **said)


def _spelt(seconds: float, language: str) -> str:
    if seconds <= 0:
        return word("now", language)
    for unit, size in (("hours", 3600), ("minutes", 60), ("seconds", 1)):
        if seconds > size * 2 or size == 1:
            return word(f"in_{unit}", language, n=math.ceil(seconds / size))
    raise AssertionError("seconds are the last unit")


def _mode(view: View, back: str) -> Html:
    buttons = [
        pressed(word(f"mode_{mode}", view.language), name="mode", value=mode, on=mode is view.clock.mode)
        for mode in Mode
    ]
    return _form("/liaison/robot", back, *buttons, class_="switch")


def _next(view: View) -> Html:
    language = view.language
    if not view.clock.runs:
        waiting = word("stands_still", language, count=len(view.coming)) if view.coming else ""
        return tag("p", word("by_hand_note", language), " ", waiting)
    if not view.coming:
        return tag("p", tag("strong", word("nothing_next", language)), " ", word("nothing_next_note", language))
    first = view.coming[0]
    title = first.opened.letter.subject or word("no_subject", language)
    link = tag("a", title, href=f"/liaison/letters/{first.plan.letter}")
    step = tag("strong", describe(first.step, first.opened, language))
    return html(
        tag("p", tag("span", word("next", language), class_="meta"), " ", when(first, language), class_="first"),
        tag("p", step, class_="step"),
        tag("p", link, class_="small"),
    )


def _hurry(view: View, back: str) -> Html:
    is_idle = not (view.clock.runs and view.coming)
    button = tag("button", word("hurry", view.language), class_="primary", disabled=is_idle)
    return _form("/liaison/hurry", back, button)


def _speed(view: View, back: str) -> Html:
    language = view.language
    buttons = [
        pressed(word(f"speed_{name}", language), name="speed", value=name, on=seconds == view.clock.hour_seconds)
        for name, seconds in SPEEDS.items()
    ]
    pace = word("pace", language, seconds=f"{view.clock.hour_seconds:g}")
    label = tag("span", word("speed", language), class_="meta", id="speed")
    form = _form("/liaison/robot", back, *buttons, class_="switch", aria_labelledby="speed")
    return tag("div", label, form, tag("span", pace, class_="meta"), class_="speed")


def _plan(coming: Coming, view: View, *, with_letter: bool = False) -> Html:
    letter = coming.opened.letter
    title = letter.subject or word("no_subject", view.language)
    link = tag("a", title, href=f"/liaison/letters/{letter.id}", class_="small") if with_letter else None
    return tag(
        "li", when(coming, view.language), tag("span", describe(coming.step, coming.opened, view.language)), link
    )


def _form(action: str, back: str, *children: Html, **attributes: str) -> Html:
    kept = tag("input", type="hidden", name="back", value=back)
    return tag("form", kept, children, method="post", action=action, **attributes)
