"""Whether an English sentence offers an address. The sentence is folded, its addresses stand as @0@, @1@, …"""

import re

_DEED = (
    r"(?:contact|write|e-?mail|mail|use|send|direct|address|forward|submit|report|route|reach|refer|turn|copy|cc"
    r"|include|add|escalate|file|approach|consult|reply|respond|get in touch|liaise|drop|go)"
)
_DONE = (
    r"(?:sent|directed|addressed|reached|contacted|reported|submitted|forwarded|routed|made|mailed|e-?mailed|escalated"
    r"|filed|raised|referred|used|copied)"
)
_CHANNEL = r"(?:address(?:es)?|e-?mail|mailbox|inbox|box|contact|channel|line|desk|point)\b"
_SPECIAL = (
    r"\b(?:dedicated|direct|special|speciali[sz]ed|separate|new|exclusive|priority|designated|single|permanent|official"
    r"|correct|right|proper|appropriate|preferred|best|central|urgent|emergency|fast-?track|alternative|additional"
    r"|further)\s"
)

# Someone of theirs asks us to write there, or says that one may.
_INVITATIONS = [
    re.compile(pattern)
    for pattern in (
        rf"\b(?:please|kindly)\b.{{0,90}}?\b{_DEED}\b",
        rf"\b(?:you|your \w+|authorities|agencies|requests?|reports?|(?:en|in)quir(?:y|ies)|questions?|matters?|cases?"
        rf"|letters?|orders?|notices?|correspondence|complaints?|concerns?|follow-?ups?|everything|anything|it|they"
        rf"|these|those|this)\b.{{0,50}}?\b(?:can|may|could|should|shall|must|might|will|would|(?:are|is)"
        rf" (?:welcome|invited|encouraged|asked|requested|best|kindly)?\s?(?:to)?)\b.{{0,30}}?\b(?:{_DEED}|{_DONE})\b",
        r"\b(?:can|may|could|will)\s(?:\w+\s)?be\s(?:reached|contacted|e-?mailed|found)\b",
        r"(?:^|[,;:.>)-]\s?|\b(?:and|or|then|so|also|just|simply|instead|on|future|time|now)\s)"
        r"(?:contact|write to|e-?mail|use|send|direct|address|submit|reach|turn to|get in touch|refer|report|forward"
        r"|copy|route|drop (?:a|us|me))\b(?!\s?[:'])",
        rf"\b(?:feel free|not hesitate|welcome|happy|glad|invite you|ask you|encourage you|urge you|advise you"
        rf"|(?:best|fastest|quickest|easiest|preferred|right) way)\b.{{0,60}}?(?:\b{_DEED}\b|@\d+@)",
        rf"{_SPECIAL}(?:\S+\s){{0,4}}?{_CHANNEL}",
        rf"\b{_CHANNEL}(?:\s\S+){{0,3}}?\s(?:dedicated|reserved|set up|created|opened|established|designated)\b",
        r"@\d+@\W{0,2}\s(?:is|remains|stays|has been|was)\s(?:\S+\s){0,4}?(?:disposal|service|available|open|set up"
        r"|created|reserved|dedicated|for (?:you|your|all|any|such|future|further|korea\w*|authorit\w*|kcsc)"
        r"|(?:the|our|your) (?:right|correct|best|new|proper|contact|point|address|channel|liaison))\b",
        r"\b(?:created|opened|set up|established|reserved|registered) @\d+@ (?:for|so|just|only|specifically)\b",
        rf"\b(?:have|has|get|give|giving|given|assign\w*|provid\w+|offer\w*|nam\w+|introduc\w+)\b"
        rf"[^@]{{0,60}}\b{_CHANNEL}[^@]{{0,60}}@\d+@",
        r"\b(?:gladly|happily|happy to|can|will|ready to) (?:also )?(?:help|assist|support)\b[^@]{0,60}@\d+@",
        r"\b(?:quicker|faster|sooner)\b[^@]{0,60}\b(?:at|via|through|under|from|to) @\d+@",
        r"\b(?:suggest|recommend|propose|prefer|appreciate|grateful|would like)\b.{0,80}?\b(?:writes?|wrote"
        r"|us(?:e|es|ed|ing)|contact\w{0,3}|sends?|sent|mail\w{0,3}|address\w{0,3})\b",
        r"\b(?:next|future|further|new|coming|later|subsequent|all other) (?:removal |takedown )?(?:requests?|notices?"
        r"|letters?|(?:en|in)quir(?:y|ies)|matters?|lists?|cases?|orders?|correspondence|questions?)[^@]{0,20}@\d+@",
        r"\b(?:mails?|messages?|letters?|lines?|notes?|requests?) to @\d+@ (?:will|are|is|get)\b.{0,30}?\b(?:handled"
        r"|answered|treated|processed|seen|dealt|priorit\w+)\b",
        r"@\d+@ (?:replaces|has replaced|will replace|supersedes)\b",
        r"\b(?:our|your|the|a) (?:\S+ ){0,3}?(?:contact|address|e-?mail|mailbox|inbox|liaison|channel|desk)"
        r"(?: \S+){0,8}? ?(?:is|will be|:) ?[(\"<]?@\d+@",
        r"\bfor (?:further|future|any|all|other|urgent|such|similar|new|additional|more|upcoming|follow-?ups?"
        r"|korea\w*|escalations?|emergencies)\b[^@]{0,80}[:,-]?\s?@\d+@",
        r"\bchang\w{1,3}\b[^@]{0,60}(?:@\d+@[^@]{0,20})?\bto @\d+@",
    )
]
_HESITATE = re.compile(r"\b(?:do not|don't|never|not)\s(?:ever\s)?(?:hesitate|be shy)\b")
_CLAUSE = re.compile(
    r"(?=[,;:]\s|\b(?:but|instead of|rather than|in place of|in lieu of|not to|and not|as opposed to|whereas|while"
    r"|because|since|as of)\b)"
)
_WITHDRAWN = re.compile(
    r"\b(?:do not|don't|never|must not|should not|may not|cannot|can't|no longer|instead of|rather than|in place of"
    r"|in lieu of|as opposed to|and not|not (?:to|at|via|by|through|use|using|write|send|be|monitored|read|active|valid"
    r"|in use|checked|staffed|attended|available|for|intended|accept\w*|the right|correct|our)|isn't|aren't|stop"
    r"|stopped|cease\w*|closed|retired|deprecated|discontinued|obsolete|out ?dated|out of (?:date|use|order)"
    r"|unmonitored|deactivated|disabled|wrong|former|previous|old|avoid|refrain|unable)\b"
)
_PAST = (
    r"(?:sent|forwarded|addressed|received|wrote|written|passed|registered|delivered|copied|escalated|referred|mailed"
    r"|e-?mailed|directed|reported|submitted|shared|informed|notified|bounced|came|arrived|contacted|linked|belongs"
    r"|belonging|operated|owned|used|uploaded|posted)"
)
_ONLY_NAMED = re.compile(
    rf"\b(?P<deed>{_PAST})\b(?:\s\S+){{0,7}}?\s?[(\"<]?$"
    r"|\b(?:account|user|username|login|profile|subscriber|uploader|owner|admin|administrator|from)\s[(\"<]?$"
)
_PASSIVE_INVITATION = re.compile(r"\b(?:be|if you|is|are|please|kindly|best|also|address|mailbox|channel)\s$")
_FOR_OTHERS = re.compile(
    r"\b(?:users?|uploaders?|posters?|members?|(?:account|channel|copyright|rights?|page|group)[ -]?(?:holders?|owners?"
    r"|admins?)|victims?|affected \w+|complainants?|journalists?|customers?|subscribers?|developers?|advertisers?"
    r"|they)\b(?:\s\S+){0,3}?\s(?:can|may|should|must|could|need|wish|want|will|are|has|have|had|was|were"
    r"|who|to)\b"
    r"|\b(?:press|media|sales|billing|advertis\w{0,6}|careers?|recruit\w{0,5}|marketing|newsletters?|refunds?|payments?)"
    r"\s(?:\S+\s)?(?:enquir|inquir|contact|question|request|matter|team|offic|relat|list)"
    r"|\b(?:address|e-?mail|mailbox) (?:of|behind|for|used by|linked to|tied to) (?:the|this|that|their|his|her) "
    r"(?:account|user|channel|uploader|owner|group|profile|poster|person)"
    r"|intended recipient|in error|confidential|unsubscribe|privileged|opt[- ]?out|survey|privacy (?:notice|policy)"
)
_WISH = re.compile(r"\b(?:could|would|can|will|may|might)\s(?:you|we ask|i ask)\b")


def offers(told: str, at: int) -> bool:
    """Whether `told` offers the address that stands in it as @`at`@."""
    told = _HESITATE.sub("please", told)
    place = told.find(f"@{at}@")
    if place < 0 or _FOR_OTHERS.search(told) or (told.rstrip().endswith("?") and not _WISH.search(told)):
        return False
    clause, before = _clause_of(told, place)
    if _WITHDRAWN.search(clause) or _is_only_named(before):
        return False
    return any(pattern.search(told) for pattern in _INVITATIONS)


def invites(told: str) -> bool:
    """Whether a sentence without an address asks to write to the one named before ("please send it there")."""
    told = _HESITATE.sub("please", told)
    if _WITHDRAWN.search(told) or _FOR_OTHERS.search(told) or told.rstrip().endswith("?"):
        return False
    return bool(_THERE.search(told)) and any(pattern.search(told) for pattern in _INVITATIONS)


_THERE = re.compile(
    r"\b(?:(?:this|that|the above|the new) (?:address|e-?mail|mailbox|inbox|box|contact|channel)|there)\b"
)


def _clause_of(told: str, place: int) -> tuple[str, str]:
    """The clause around a place, and what of it stands before."""
    cuts = [0, *(cut.start() for cut in _CLAUSE.finditer(told)), len(told)]
    start = max(cut for cut in cuts if cut <= place)
    end = min(cut for cut in cuts if cut > place)
    return told[start:end], told[start:place]


def _is_only_named(before: str) -> bool:
    """ "We have forwarded it to …" names an address; "it should be forwarded to …" offers it."""
    named = _ONLY_NAMED.search(before)
    if not named:
        return False
    return not (named["deed"] and _PASSIVE_INVITATION.search(before[: named.start("deed")]))
