"""English words round an outcome: sets ("all", "the rest", "except"), doubts, and the words that change nothing.

"Removed" is read only where every word of its clause is known to change nothing: a word that nobody thought of makes a
person read the reply.
"""

import re

from takedowns.reading.marks import Board, Kind


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + pattern.replace(" ?", r"\s{0,3}").replace(" ", r"\s{1,3}") + r")(?!\w)")


_THINGS = (
    r"(?:items?|videos?|links?|urls?|posts?|messages?|content|contents|materials?|pieces|entries|clips?|pages?|files?|media|images?|"
    r"photos?|pictures?|uploads?|publications|channels|groups|rooms|chats|bots|addresses|things?|of it)"
)
_SAID = r"(?:reported|listed|requested|flagged|above|said|identified|submitted|offending|illegal|infringing|mentioned|specified|provided|abovementioned|above-mentioned|harmful|relevant|aforementioned|unlawful|notified|following|respective|concerned|deepfake)"

_REST = _words(
    r"(?:all |and )?(?:of )?(?:the )?(?:rest|remainder|balance)(?: of (?:the |your |these |those )?(?:"
    + _SAID
    + " )?(?:"
    + _THINGS
    + r"|list|them|these))?"
    r"|(?:all |every )?(?:of )?(?:the |your )?(?:other|remaining)(?: ones?| " + _SAID + r")?(?: " + _THINGS + r")"
    r"|(?:all |all of |everything |the )(?:others?|remaining)(?: ones)?"
    r"|(?:everything|all|anything) else|remaining|others"
)
_EXCEPT = _words(
    r"(?:with the )?(?:sole |only |single )?(?:exceptions?|exclusion)(?: of|:| are| is)|except(?:ing)?(?: for)?|excluding|other than|apart from|aside from|save for|barring|not including|minus|but for|but not"
)
_BUT = _words(r"but(?: not)?")
_ALL = _words(
    r"(?:all|each|every one|every single one|the entirety|the totality)(?: and every)?(?: (?:of )?(?:the |these |those |your |our |them|us|it|which))*(?:(?: "
    + _SAID
    + r")* (?:"
    + _THINGS
    + r"|entire list|whole list|list))?"
    r"|everything|(?:the |your )?(?:entire|whole|complete|full) (?:list|content|batch|set)|every (?:single )?(?:"
    + _SAID
    + " )?(?:item|video|link|url|post|message|piece|one|entry)"
)
_PARTIAL = _words(
    r"some|several|most(?:ly)?|many|few|fewer|part(?:ly|ially|s)?|half|majority|certain|various|a number of|couple|at least|approximately|roughly|almost|nearly|up to|any of|either|one of|two of|three of|most of|parts of|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|first|second|third|last|both|another|about(?= \d)|only (?=\d)|multiple|selected|a large number|the bulk|dozens?"
)
_DOUBT = _words(
    r"if|unless|whether|once|until|till|when|whenever|should you|in case|provided that|assuming|as soon as|before|"
    r"would|could|might|may|must|should|shall|will|won't|'ll|can|cannot|can't|ought|need(?:s|ed)?|want(?:s|ed)?|wish(?:es|ed)?|hope(?:s|d)?|plan(?:s|ned)?|"
    r"supposed(?:ly)?|suppose|alleged(?:ly)?|apparent(?:ly)?|reported to|reportedly|presumabl[ey]|probabl[ey]|possibl[ey]|perhaps|maybe|likely|seem(?:s|ed|ingly)?|appear(?:s|ed)?|believe[ds]?|think|thought|assume[ds]?|understand|understood|guess|expect(?:s|ed)?|doubt(?:s|ed|ful)?|unsure|not sure|unclear|uncertain|unknown|unconfirmed|"
    r"not|never|no|nor|neither|none|nobody|nothing|nowhere|hardly|scarcely|barely|rarely|seldom|without|n't|isn't|aren't|wasn't|weren't|hasn't|haven't|hadn't|didn't|don't|doesn't|unable|fail(?:s|ed|ing|ure)?|refus\w{0,4}|den(?:y|ied|ies)|far from|instead|"
    r"claim(?:s|ed|ing)?|said|says?|told|tells?|states?|stated|alleg\w{0,5}|pretend\w{0,3}|false(?:ly)?|incorrect(?:ly)?|wrong(?:ly)?|untrue|joking|kidding|as if|yeah right|"
    r"for example|e\.g\.|example|such as|like this|template|sample|draft|test|"
    r"pending|soon|shortly|later|tomorrow|eventually|temporar(?:y|ily)|try(?:ing)?|tried|attempt(?:s|ed|ing)?|"
    r"struck out|except|but|however|although|though|yet|still|only|just|merely|again|previous|earlier|last time|"
    r"from (?:the |your |our |this )?(?:request|list|queue|case|ticket|index|search|results?|review|scope|letter|report|notice|order|spreadsheet|table|agenda)\w{0,3}"
)
_SINGULAR = re.compile(
    r"\b(?:the|this|that|your|said|reported|above)\s{1,3}(?:[\w-]{1,15}\s{1,3}){0,2}?(?:item|video|link|url|post|message|clip|page|file|image|photo|picture|upload|entry|piece|one)\b"
)
_PRONOUN = re.compile(r"\b(?:it|this|that)\b")
_PLACES_NOT_CONTENT = re.compile(
    r"\b(?:channels?|groups?|rooms?|chats?|accounts?|profiles?|bots?|pages?|users?|websites?|sites?|domains?|comments?|thumbnails?|copies|duplicates?)\b"
)
_MANY = re.compile(
    r"\b(?:content|contents|material|materials|items|videos|links|urls|posts|messages|clips|images|photos|pictures|uploads|entries|files|media|they|them|these|those|everything)\b"
)
_FOLLOWING = _words(r"(?:the )?following|below|as follows|listed here|these ones|those ones|hereunder")
_QUESTION_START = re.compile(
    r"^\W{0,6}(?:have|has|had|was|were|is|are|am|did|do|does|can|could|would|will|should|shall|may|might|what|why|how|which ones?|who|when|where|wasn't|weren't|isn't|aren't|hasn't|haven't|didn't|don't|doesn't)\b"
)
_CONDITION_START = re.compile(
    r"^\W{0,6}(?:(?:and|also|but|so|then|however|in addition|additionally|furthermore|finally|lastly)\W{1,3})?"
    r"(?:if|when(?! (?:we|i) (?:checked|looked|reviewed|visited|tried|opened|accessed))|whenever|once|unless|until|should|in case|in the event|provided"
    r"|(?:please|kindly|pls)(?! (?:kindly )?(?:note|be (?:informed|advised)|find|see))|for (?:more|further|any|questions)|to (?:learn|request|appeal|report|contest|dispute|help|submit)"
    r"|as soon as|let us|feel free|you (?:may|can|could|should|must)|users (?:may|can)|we (?:may|encourage|recommend|would(?! like to (?:inform|confirm)))|content that|anyone|whether|learn|visit|see our)\b"
)
_CONDITIONAL = re.compile(
    r"\b(?:if|unless|whether|should you|in case|provided that|assuming|as soon as|once (?:we|the|you|they|it))\b"
)
_HEDGE = re.compile(
    r"\b(?:if|unless|whether|not sure|unsure|not certain|unclear|doubt\w{0,4}|supposed(?:ly)?|alleged(?:ly)?|as if|once (?:we|the|you|they|it)|until|provided that|assuming|joking|kidding|pretend|yeah right|for example|e\.g\.|example)\b"
)


HARMLESS = frozenset(
    ["a", "about", "above", "absolutely", "abuse", "accordance", "accordingly", "account", "accounts", "across", "act", "action", "actioned", "actions", "added", "additional", "additionally", "adult", "afternoon", "all", "along", "already", "also", "an", "and", "any", "app", "appreciate", "appropriate", "are", "as", "at", "attached", "attention", "author", "authority", "back", "based", "be", "because", "been", "behalf", "being", "below", "best", "both", "breach", "breached", "breaches", "breaching", "by", "can", "case", "cases", "channel", "channels", "chat", "check", "checked", "checking", "clip", "clips", "colleague", "colleagues", "com", "commission", "community", "compliance", "complied", "complying", "completely", "concerned", "concerning", "conditions", "confirm", "confirmed", "confirming", "confirms", "consequently", "content", "contents", "cooperation", "copies", "copy", "correct", "country", "date", "day", "days", "dear", "deepfake", "deepfakes", "department", "desk", "digital", "done", "down", "due", "each", "effective", "effectively", "eliminated", "end", "entire", "entirely", "entries", "entry", "erased", "etc", "every", "everyone", "everything", "evening", "explicit", "facts", "file", "files", "finally", "find", "first", "flagged", "follow", "following", "follows", "for", "forever", "found", "friday", "from", "full", "fully", "further", "furthermore", "glad", "globally", "good", "group", "groups", "guideline", "guidelines", "had", "handled", "happy", "harmful", "has", "have", "having", "hello", "help", "hereby", "hello", "hi", "hours", "i", "identified", "illegal", "image", "images", "immediate", "immediately", "in", "including", "indeed", "info", "inform", "informed", "informing", "infringe", "infringement", "infringing", "internal", "into", "investigated", "investigation", "irreversibly", "is", "it", "item", "items", "its", "itself", "kind", "kindly", "korea", "korean", "kst", "law", "laws", "legal", "link", "linked", "links", "list", "listed", "live", "made", "mail", "manually", "material", "materials", "matter", "me", "media", "mentioned", "message", "messages", "moderation", "moderator", "moderators", "monday", "month", "morning", "my", "name", "named", "namely", "night", "noon", "nonconsensual", "now", "nr", "nrs", "number", "numbered", "numbers", "of", "off", "offending", "offline", "offenders", "on", "one", "ones", "online", "operations", "order", "orders", "our", "ours", "out", "over", "pages", "page", "pdf", "per", "permanent", "permanently", "person", "personally", "photo", "photos", "picture", "pictures", "piece", "pieces", "place", "platform", "platforms", "please", "pleased", "point", "policies", "policy", "porn", "pornographic", "pornography", "post", "posted", "posts", "prompt", "promptly", "provided", "publications", "publicly", "published", "pursuant", "put", "quick", "quickly", "re", "reason", "reasons", "receipt", "received", "receiving", "recipient", "record", "records", "ref", "reference", "referenced", "regard", "regarding", "regards", "related", "relevant", "remove", "removed", "removing", "report", "reported", "reporting", "reports", "request", "requested", "requests", "respect", "respective", "respectively", "response", "responsible", "result", "results", "review", "reviewed", "reviewing", "rule", "rules", "safety", "same", "saturday", "said", "section", "seoul", "server", "servers", "service", "services", "several", "sexual", "sexually", "sincerely", "since", "site", "sites", "so", "sorry", "south", "specified", "staff", "standard", "standards", "statement", "status", "submitted", "successful", "successfully", "such", "sunday", "support", "synthetic", "system", "systems", "take", "taken", "team", "teams", "telegram", "terms", "thank", "thanks", "that", "the", "their", "them", "themselves", "then", "there", "therefore", "these", "they", "thing", "things", "this", "those", "through", "thursday", "thus", "time", "to", "today", "today's", "together", "tonight", "total", "totally", "trust", "tuesday", "twitter", "unlawful", "up", "update", "updated", "upload", "uploaded", "uploads", "upon", "url", "urls", "us", "use", "user", "users", "version", "very", "via", "video", "videos", "view", "viewed", "viewing", "violate", "violated", "violates", "violating", "violation", "violations", "was", "we", "we've", "website", "wednesday", "week", "were", "which", "who", "whole", "whom", "with", "within", "work", "worked", "works", "worldwide", "yesterday", "you", "your", "yours", "google", "naver", "kakao", "discord", "meta", "instagram", "facebook", "youtube", "tiktok", "below-listed", "above-mentioned", "abovementioned", "aforementioned", "non-consensual", "consensual", "intimate", "imagery", "nudity", "he", "she", "his", "her", "him", "also", "too", "well", "regret", "inconvenience", "apologies", "apologise", "apologize", "misunderstanding", "misunderstandings", "situation", "unfortunate", "o'clock", "am", "pm", "gmt", "utc", "ok", "okay", "yes", "final", "entirety", "set", "batch", "room", "rooms", "bot", "bots", "public", "view", "cdn", "cache", "caches", "backup", "backups", "storage", "associated", "corresponding", "applicable", "relating", "accordingly", "asap", "swiftly", "duly", "bulk", "manual", "automated", "automatically", "tool", "tools", "hash", "hashes"]
) - {
    "be",
    "being",
    "to",
    "can",
    "any",
    "several",
    "said",
    "first",
    "one",
    "please",
    "remove",
    "removing",
    "find",
    "back",
    "found",
    "live",
    "reported",
}
ALLOWED_PHRASES = _words(
    r"(?:that |which )?(?:you|you've|your office|your agency|the commission) (?:have |had )?(?:reported|requested|listed|sent|flagged|identified|mentioned|submitted|provided|asked for|notified|wrote about)(?: to us| us)?"
    r"|as (?:you )?(?:requested|reported|listed|asked|instructed|ordered|discussed|agreed|stated in your \w{1,12}|mentioned)|as per (?:your )?request|per your (?:request|notice|letter|order)|at your request"
    r"|(?:in )?(?:response|reply|relation|regard|regards|addition|reference|accordance|compliance) (?:to|with)|pursuant to|according to|due to|subject to your request|related to|relating to|thanks to|with respect to|referring to|with regards? to|prior to|belonging to|attached to|linked to"
    r"|(?:the |these |those |all )?reported|no longer ~?(?:available|accessible|visible|live|online|public)|not only"
    r"|(?:happy|pleased|glad|able) to (?:confirm|inform|report|say|tell|let)(?: you| know)*|(?:would|we'd) like to (?:confirm|inform|let)(?: you| know)*|(?:can|could) (?:now |hereby )?(?:confirm|report)(?: that)?|to (?:confirm|inform|update) (?:you)?|this is to (?:confirm|inform)|we (?:write|are writing) to (?:confirm|inform)|please (?:note|be (?:informed|advised)|find)(?: that| below| attached)?|know that|as of (?:now|today|this)|not consensual|without (?:the )?(?:\w{1,12}'?s? )?consent"
    r"|up to date|to you|to us|to the|to date|to your|to our|to all|(?:one|two|three|several) (?:hours?|days?) ago|to be sure|we found (?:that )?(?:they|it|these|the content) (?:violated?s?|infringed?s?|to be in violation of)|found to (?:be violating|violate|be in violation of)|found in violation|in (?:line|violation|breach)"
    r"|(?:after|upon|following|on|before|when) (?:\w{1,12} ){0,4}?(?:review|reviewing|investigation|receipt|receiving|assessment|examination|checking|verification|notice|letter|request|report)"
)

_SETS = ((_REST, Kind.REST), (_EXCEPT, Kind.EXCEPT), (_ALL, Kind.ALL))


def scan_english_sets(board: Board) -> None:
    """Put "all", "the rest", "except" on the board; statuses are there already."""
    for pattern, kind in _SETS:
        board.find(pattern, kind, english=True)
    board.find(_BUT, Kind.BUT, english=True)
    board.find(_PARTIAL, Kind.PARTIAL, english=True)


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
    """Whether words round an outcome deny, hedge or report it. Allowed phrases are to be blotted out before."""
    return bool(_DOUBT.search(ALLOWED_PHRASES.sub(" ", words)))


def says_following(words: str) -> bool:
    """Whether the words point at a list below."""
    return bool(_FOLLOWING.search(words))


def unknown_words(words: str, raw: str) -> list[str]:
    """Latin words that nobody has judged harmless. `raw` is `words` before folding: a name inside a clause is let pass."""
    bare = ALLOWED_PHRASES.sub(lambda match: " " * len(match.group()), words)
    found = re.finditer(r"[a-z][a-z'-]*[a-z]|[a-z]", bare)
    return [
        match.group()
        for count, match in enumerate(found)
        if match.group().removesuffix("'s") not in HARMLESS
        and not (count and _is_name(raw[match.start() : match.end()]))
    ]


def _is_name(word: str) -> bool:
    return word[:1].isupper() and (word[1:].islower() or (word.isupper() and len(word) <= 4) or not word.isupper())


def speaks_of_all(words: str, *, removed: bool) -> bool:
    """Whether words without a number can be about the whole list: not "the video", not "the channel"."""
    if _SINGULAR.search(words) or (removed and _PLACES_NOT_CONTENT.search(words)):
        return False
    return not (removed and _PRONOUN.search(words) and not _MANY.search(words))
