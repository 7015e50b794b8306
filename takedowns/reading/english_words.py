"""English words round an outcome: sets ("all", "the rest", "except"), doubts, and the words that change nothing.

"Removed" is read only where every word of its clause is known to change nothing: a word that nobody thought of makes a
person read the reply.
"""

import re

from takedowns.reading.english import WORDS
from takedowns.reading.marks import Board, Kind

_SETS = tuple(
    (WORDS.find_words(section), kind, value)
    for section, kind, value in (
        ("rest", Kind.REST, ""),
        ("except", Kind.EXCEPT, ""),
        ("any", Kind.ALL, "any"),  # "we did not remove any of them": none
        ("all", Kind.ALL, ""),
        ("but", Kind.BUT, ""),
        ("partial", Kind.PARTIAL, ""),
    )
)
_DOUBT = WORDS.words("doubt")
_ALLOWED = WORDS.words("allowed phrases")
_WHERE = re.compile(r"\b(?:in|within|inside|outside|across|throughout) (?:the )?$")
_COMPLETED = ("done", "completed", "complete")
_OTHER_ACT = re.compile(
    r"\b(?:reviews?|reports?|checks?|checking|investigations?|requests?|cases?|tickets?|verification|inspection"
    r"|analysis|notices?|letters?|complaints?|enquiry|inquiry|work)\b[^.,;:!?\n]{0,60}$"
)
_FOLLOWING = WORDS.words("following")
_HARMLESS = WORDS.plain("harmless")

_QUESTION_START = re.compile(
    r"^\W{0,6}(?:(?:have|has|had|was|were|is|are|am|did|do|does|can|could|would|will|should|shall|may|"
    r"might)(?! not\b)|what|why|how"
    r"|which ones?|who|when(?! (?:we|i) )|where|(?:was|were|is|are|has|have|did|do|does)n't)\b"
)
_CONDITION_START = re.compile(
    r"^\W{0,6}(?:(?:and|also|but|so|then|however|in addition|additionally|furthermore|finally|lastly)\W{1,3})?"
    r"(?:if|when(?! (?:we|i) (?:checked|looked|reviewed|visited|tried|opened|accessed))|whenever|once|unless|until"
    r"|should|in case|in the event|provided"
    r"|(?:please|kindly|pls)(?! (?:kindly )?(?:note|be (?:informed|advised)|find|see))"
    r"|for (?:more|further|any|questions)|to (?:learn|request|appeal|report|contest|dispute|help|submit)"
    r"|as soon as|let us|feel free|you (?:may|can|could|should|must)|users (?:may|can)"
    r"|we (?:may|encourage|recommend|would(?! like to (?:inform|confirm)))"
    r"|content that|anyone|whether|learn|visit|see our)\b"
)
_CONDITIONAL = re.compile(
    r"\b(?:if|unless|whether|should you|in case|provided that|assuming|as soon as|once (?:we|the|you|they|it))\b"
)
_HEDGE = re.compile(
    r"\b(?:if|unless|whether|not sure|unsure|not certain|unclear|doubt\w{0,4}|supposed(?:ly)?|alleged(?:ly)?|as if"
    r"|once (?:we|the|you|they|it)|until|provided that|assuming|joking|kidding|pretend|yeah right|for example|e\.g\."
    r"|example)\b"
)
_TERM = re.compile(
    r"\b(?:for|in|within|until|by) (?:the next |a period of |about |"
    r"another )?\d{1,4} (?:\w{1,10} )?(?:hours?|days?|weeks?|months?)\b"
)
_SINGULAR = re.compile(
    r"\b(?:the|this|that|your|said|reported|above)\s{1,3}(?:[\w-]{1,15}\s{1,3}){0,2}?"
    r"(?:item|video|link|url|post|message|clip|page|file|image|photo|picture|upload|entry|piece|one)\b"
)
_PRONOUN = re.compile(r"\b(?:it|this|that)\b")
_NOT_CONTENT = re.compile(
    r"\b(?:channels?|groups?|rooms?|chats?|accounts?|profiles?|bots?|pages?|users?|websites?|sites?|domains?|comments?"
    r"|thumbnails?|copies|duplicates?)\b"
)
_PAPER = r"(?:copy|copies|letters?|notices?|e-?mails?|requests?|tickets?|reports?|complaints?|cases?|drafts?|backups?)"
# "A copy of your letter has been removed", "we deleted your e-mail": what was removed is not content.
_PAPER_REMOVED = re.compile(
    rf"(?:^\W*(?:\w{{1,15}} ){{0,2}}?|(?<!in )(?<!of )(?<!by )(?<!to )(?<!per )(?<!with )(?<!from )(?<!on )(?<!under )"
    rf"\b(?:an?|the|your|our|my|this|that|these|all|every) (?:\w{{1,15}} ){{0,2}}?|\ue000 ){_PAPER}"
    r"(?: (?:of|from|in|on|about|with|for) (?:[\w\ue000'-]{1,20} ){0,4}?[\w\ue000'-]{1,20})?"
    r"(?: (?:has|have|had|was|were|is|are|been|being|now|also|since|already|\w{1,12}ly)){1,4} \ue000"
    rf"|\ue000 (?:the|your|our|a|this|that|every|all|any) (?:[\w'-]{{1,15}} ){{0,2}}?{_PAPER}\b"
)
_NEIGHBOURS = (
    r"(?:bots?|users?|accounts?|channels?|groups?|profiles?|senders?|members?|admins?|uploaders?|owners?|posters?"
    r"|persons?|people|pages?|sites?|websites?|domains?|comments?|replies|captions?|hashtags?|titles?|descriptions?)"
    r" (?:that|which|who|whose|behind|of|from|for|under|on|below|to|posting|hosting|containing|sharing|linking to"
    r"|attached to)(?: [\w'-]{1,15}){0,4}? ?\ue000"
    r"|(?:teams?|colleagues?|moderators?) (?:that|which|who)(?: [\w'-]{1,15}){0,2}? ?\ue000"
)
# "All accounts listed", "reports 1-25".
_OTHERS = re.compile(
    r"\ue000 (?:of )?(?:the |your |these |those )?(?:accounts?|users?|reports|requests|cases|letters|notices|copies"
    r"|backups|tickets)\b|\b(?:accounts?|users?|reports|requests|letters|notices|copies|backups|tickets) \ue000"
)
_NEIGHBOUR = re.compile(rf"\b{_NEIGHBOURS}")
_NEIGHBOUR_AFTER = re.compile(rf"\ue000 (?:the|this|that|an?|all|every) (?:\w{{1,15}} )?{_NEIGHBOURS}")
# "Removed from …": from where it was shown to everybody, not from a search or a list.
_FROM = re.compile(r"\ue000 (?:\w{1,12}ly )?(?:from|off) ((?:[\w'-]{1,20} ?){1,7})")
_PLACE = re.compile(
    r"\b(?:platforms?|services?|servers?|sites?|websites?|systems?|apps?|networks?|channels?|groups?|rooms?|chats?"
    r"|pages?|storage|databases?|cdn|side|end|telegram|youtube|facebook|instagram|tiktok|twitter|discord|reddit|x|there)\b"
)
_VIEW = re.compile(
    r"\b(?:search\w*|index\w*|results?|feeds?|recommend\w*|suggest\w*|trending|explore|views?|listings?"
    r"|cache\w*|home ?page)\b"
)
_COUNTED_ELSE = re.compile(r"\b(?:accounts?|reports?|requests?|cases?|addresses|channels?|groups?)\b")
_MANY = re.compile(
    r"\b(?:contents?|materials?|items|videos|links|urls|posts|messages|clips|images|photos|pictures|uploads|entries"
    r"|files|media|they|them|these|those|everything)\b"
)
_CHOSEN = re.compile(
    r"\b(?:contents?|materials?|items|videos|posts|links|messages|media|those|all|everything|ones)"
    r" (?:that|which|who|found|deemed|violating|in violation|in breach|we|considered|confirmed|"
    r"determined|where|whose)\b(?! (?:you|have|were|are))"
    r"|\b(?:everything|anything|all|those|items|posts|contents?|materials?|messages|videos|links)"
    r" (?:illegal|infringing|violating|violative|offending|unlawful|harmful|inappropriate|confirmed|verified)\b"
    r"|\b(?:illegal|infringing|violating|violative|offending|unlawful|harmful|confirmed|verified|such) "
    r"(?:contents?|materials?|items|videos|posts|links|messages|media|ones)\b"
)
_ONE = re.compile(r"\b(?:item|video|link|url(?! ?\d)|post|message|clip|file|image|photo|picture|upload|entry)\b")
_MATTER = re.compile(
    r"\b(?:your|(?:the|this) (?:request|report|notice|letter|case|matter|ticket|complaint|submission)"
    r"|we (?:(?:will |would |still |also )?(?:need|require)|are|have))\b"
)
_LATIN = re.compile(r"[a-z][a-z'-]*[a-z]|[a-z]")


def scan_english_sets(board: Board) -> None:
    """Put "all", "the rest", "except" on the board; statuses are there already."""
    for pattern, kind, value in _SETS:
        board.find(pattern, kind, value, english=True)


def is_question_or_condition(sentence: str) -> bool:
    """Whether a folded sentence asks, asks for, or sets a condition."""
    return bool(_QUESTION_START.match(sentence) or _CONDITION_START.match(sentence))


def is_conditional(sentence: str) -> bool:
    """Whether a condition stands anywhere in a folded sentence."""
    return bool(_CONDITIONAL.search(sentence))


def hedges(sentence: str) -> bool:
    """Whether a condition, hedge or example stands anywhere in a folded sentence."""
    return bool(_HEDGE.search(sentence))


def has_doubt(words: str) -> bool:
    """Whether words round an outcome deny, hedge or report it."""
    return bool(_DOUBT.search(_ALLOWED.sub(" ", words)))


def names_a_term(words: str) -> bool:
    """Whether a span of time stands in the words: "for 30 days", "within 24 hours"."""
    return bool(_TERM.search(words))


def says_following(words: str) -> bool:
    """Whether the words point at a list below."""
    return bool(_FOLLOWING.search(words))


def unknown_words(words: str, raw: str) -> list[str]:
    """Latin words that nobody has judged harmless. `raw` is `words` before folding: a name in a clause is let pass,
    but not that of a region, "removed in Germany"."""
    bare = _ALLOWED.sub(lambda match: " " * len(match.group()), words)
    return [
        match.group()
        for count, match in enumerate(_LATIN.finditer(bare))
        if match.group().removesuffix("'s") not in _HARMLESS
        and not (count and _is_name(raw[match.start() : match.end()]) and not _WHERE.search(bare[: match.start()]))
    ]


def _is_name(word: str) -> bool:
    return word[:1].isupper() and (word[1:].islower() or not word.isupper() or len(word) <= 4)


def removes_something_else(unmarked: str, *, status: str, until: int) -> bool:
    """Whether what was removed is a letter, a ticket, the bot that posted the items, or is gone from a search only;
    whether what was completed is a review.

    `unmarked`: without what was understood; the status ends at `until`.
    """
    if status in _COMPLETED and _OTHER_ACT.search(_ALLOWED.sub(" ", unmarked[:until])):
        return True
    if (
        _PAPER_REMOVED.search(unmarked)
        or _NEIGHBOUR.search(unmarked, 0, until)
        or _NEIGHBOUR_AFTER.match(unmarked, until - 1)
    ):
        return True
    if _OTHERS.search(unmarked):
        return True
    return any(not _PLACE.search(place[1]) or _VIEW.search(place[1]) for place in _FROM.finditer(unmarked))


def counts_something_else(count: str) -> bool:
    """Whether what was counted is not content: "25 accounts"."""
    return bool(_COUNTED_ELSE.search(count))


def is_choice(words: str) -> bool:
    """Whether words without numbers pick some: "the content that violates our rules", "the illegal posts"."""
    return bool(_CHOSEN.search(words))


def speaks_of_all(words: str, unmarked: str, raw: str, *, removed: bool) -> bool:
    """Whether a status without items can be about the whole list: not "the video", "the channel", "no such user".

    `words` is the folded sentence, `unmarked` the same without what was understood, `raw` the same before folding.
    """
    if _SINGULAR.search(words) or (removed and (_NOT_CONTENT.search(unmarked) or _ONE.search(words))):
        return False
    if removed and _PRONOUN.search(words) and not _MANY.search(words):
        return False
    if _MANY.search(words) or (not removed and _MATTER.search(words)):
        return True
    return not _NOT_CONTENT.search(words) and not unknown_words(unmarked, raw)
