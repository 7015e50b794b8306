"""English words for outcomes, in the order in which they are looked for: the first pattern that fits takes the words.

A blank in a pattern stands for one to three white-space characters, `~` for up to three words in between.
"""

import re

from takedowns.reading.marks import Board, Kind, Weak

_GAP = r"(?:[\w'/&-]{1,30}\s{1,3}){0,3}?"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + pattern.replace("~", _GAP).replace(" ?", r"\s{0,3}").replace(" ", r"\s{1,3}") + r")(?!\w)")


_GONE_PP = r"(?:removed|deleted|erased|purged|expunged|taken (?:\w{1,12} ){0,3}?(?:down|offline)|pulled (?:down|offline)|brought down)"
_REMOVE = r"(?:remove|delete|erase|purge|take (?:\w{1,12} ){0,3}?(?:down|offline)|pull)"
_ACT = (
    r"(?:"
    + _REMOVE
    + r"|comply|act|action|accept|honou?r|grant|process|accommodate|fulfil|fulfill|assist|proceed|take ~action|do this|do so)"
)
_NOT = r"(?:not|never|n't)"
_BE_NOT = r"(?:(?:is|are|was|were|has|have|had|did|do|does|be|been|get)(?: not| never|n't)|isnt|arent|wasnt|werent|hasnt|havent|didnt|not|never)"
_CANNOT = r"(?:cannot|can not|can't|could not|couldn't|will not|won't|would not|wouldn't|shall not|are not going to|is not going to|do not intend to|not going to|did not|didn't|do not|don't|does not|doesn't)"
_UNABLE = r"(?:unable to|not able to|not in a position to|failed to|were unsuccessful in|impossible to|not possible to|had no success|no way to)"
_SEE = r"(?:find|found|locate|located|identify|identified|detect|detected|trace|traced)"
_KOREA = r"(?:(?:south )?korean?|republic of korea|rok|kr|your country|your region|your jurisdiction|the country|korean (?:users|ip|ips|territory)|s\. korea)"
_BLOCK_PP = r"(?:blocked|restricted|withheld|disabled|limited|unavailable|inaccessible|hidden|suppressed|geo-?blocked|not (?:available|accessible|visible)|no longer (?:available|accessible|visible))"
_INFO = r"(?:information|info|details?|time ?stamps?|documents?|documentation|evidence|proof|ids?|identification|passports?|screenshots?|urls?|links?|power of attorney|clarification|court order|warrant|verification|material|data|context|copy|list|message ids?|usernames?|authori[sz]ation)"
_REVIEW = r"(?:review|investigation|consideration|examination|assessment|evaluation|analysis|discussion)"
_WILL = r"(?:will|shall|'ll|going to|about to|set to|due to be|scheduled to|planning to|plan to|expect to|expected to|intend to|aim to|working to)"

# Words that hold status words and are no status: requests, names of things.
_SILENT = [
    _words(pattern)
    for pattern in (
        r"(?:request\w{0,3}|ask\w{0,3}|asking|demand\w{0,3}|order\w{0,3}|notice|notification|report\w{0,3}|want|wish|require|instruct\w{0,3}) ~(?:for (?:the )?(?:removal|deletion|takedown)|to (?:be )?(?:removed|remove|delete|deleted|take down))",
        r"(?:removal|takedown|take-down|deletion|blocking|content removal) (?:requests?|notices?|orders?|demands?|letters?|teams?|polic(?:y|ies)|process|procedures?|desk|unit|department|form|guidelines?)",
        r"requests? for ~(?:removal|deletion|takedown)",
        r"notice[ -]and[ -]take-?down",
        r"(?:reason|grounds) for (?:removal|deletion)",
        r"removal of(?= )",
        r"(?:all the best|first of all|above all|after all|once and for all|at all|all right|without (?:any )?exceptions?|no exceptions?)",
        r"(?:do not|don't) hesitate to ~(?:contact|reach|write|ask|reply)",
        r"please do not (?:reply|respond)|do not reply",
        r"this is not (?:a|our) (?:final )?decision",
        r"not limited to",
        r"(?:not only|but also)",
        r"if not already done",
    )
]

_IN_PROGRESS = (
    r"not (?:yet|so far) (?:been |being )?(?:"
    + _GONE_PP
    + r"|able to "
    + _REMOVE
    + r"|completed?|done|actioned|processed|reviewed|finished)",
    r"(?:has|have|had) yet to (?:be )?(?:" + _GONE_PP + "|" + _REMOVE + r"|reviewed|completed|processed)",
    _BE_NOT + r" (?:been )?(?:" + _GONE_PP + r"|completed|done|reviewed|processed|finished) (?:as )?yet",
    _WILL
    + r" (?:soon |shortly |now |also |all |both |then |immediately |promptly |next |be able to |have )?(?:be |get )?(?:soon |shortly )?(?:"
    + _GONE_PP
    + "|"
    + _REMOVE
    + r"|geo-?blocked|reviewed and removed)",
    r"(?:scheduled|queued|marked|flagged|slated|earmarked|up|set) (?:to be |for )(?:"
    + _GONE_PP
    + r"|removal|deletion|takedown)",
    r"(?:is|are) to be " + _GONE_PP,
    r"(?:being|is being|are being|currently being|still being|now being) (?:"
    + _GONE_PP
    + r"|reviewed|processed|investigated|checked|examined|assessed|evaluated|looked at|handled|worked on|verified)",
    r"(?:we are|we're|we are currently|currently|still|are|is|now) (?:in the process of |actively |currently |still |presently )?(?:reviewing|removing|deleting|investigating|processing|looking into|working on|checking|examining|assessing|evaluating|verifying|taking (?:\w{1,12} ){0,3}down)",
    r"(?:under|in) (?:\w{1,15} ){0,2}?" + _REVIEW,
    r"in (?:the )?(?:progress|process)(?: of (?:being )?(?:"
    + _GONE_PP
    + r"|removing|deleting|review(?:ing)?|reviewed|taking (?:\w{1,12} ){0,3}?down))?",
    r"(?:removal|deletion|takedown|review|investigation|work) (?:is |are )?(?:in progress|ongoing|under way|underway|pending|scheduled)",
    r"pending(?: ~(?:review|removal|deletion|approval|decision|investigation|verification))?",
    r"awaiting ~(?:review|approval|decision|confirmation)",
    r"on hold|in (?:the|our) queue|to be decided|to be confirmed|to follow",
    r"(?:have been |has been |were |was |we |are |is )?(?:escalated|forwarded|passed(?: on)?|referred|handed(?: over)?|sent|submitted)(?: (?:it|them|these|this|on))? (?:it |them )?to (?:our|the|an?) (?:\w{1,15}[\w&]{0,15} ){0,4}?(?:team|department|reviewers?|specialists?|moderators?|colleagues|unit|queue|review)",
    r"need(?:s)? (?:some )?more time|require(?:s)? (?:some )?more time|(?:still )?undecided",
)
_NEED_INFO = (
    r"(?:need|needs|needed|require|requires|required|requesting|lack|lacks|lacking|missing|await|awaiting|waiting for) (?:[\w'/&-]{1,30}\s{1,3}){0,5}?"
    + _INFO,
    r"(?:more|further|additional|missing|sufficient) ~"
    + _INFO
    + r" ~(?:is|are|would be)? ?(?:needed|required|necessary|missing|requested)",
    r"(?:" + _INFO + r") (?:is |are )?(?:still )?(?:needed|required|necessary|missing|requested)",
    r"(?:please|kindly|pls|could you|can you|would you|we ask you to|we kindly ask you to) (?:also |kindly |please )?(?:re-?send|send|provide|submit|supply|share|specify|attach|upload|clarify|forward|indicate|give|tell)(?: [\w'/&-]{1,30}){0,6}? "
    + _INFO,
    r"(?:insufficient|not enough|incomplete|inadequate|more|further|additional) " + _INFO,
    r"(?:need|require)s? (?:clarification|verification)",
    r"please (?:clarify|specify)|(?:could|can) you (?:please )?(?:clarify|specify)",
)
_REFUSED = (
    _UNABLE + r" (?:\w{1,15} ){0,2}?" + _ACT,
    _CANNOT
    + r" (?:(?:be|at|this|time|currently|therefore|simply|yet|legally|lawfully|please|we) ){0,3}?(?:be )?(?:"
    + _ACT
    + "|"
    + _GONE_PP
    + "|actioned|granted|honou?red|accepted|processed|complied with)",
    r"(?:is|are|was|were|do|does|did|has|have|had|be|been)(?: not|n't) (?:be |been )?(?:\w{1,15} ){0,3}?(?:violat\w{1,5}|breach\w{0,4}|infring\w{1,5}|contraven\w{1,5}|against|illegal|unlawful|prohibited|actionable)",
    r"not ~(?:a |in )?(?:violation|breach|violating|infringing|against (?:our|the))",
    r"(?:"
    + _UNABLE
    + "|"
    + _CANNOT
    + r") (?:"
    + _SEE
    + r"|see|establish|confirm|consider|determine) (?:\w{1,12} ){0,4}?(?:violat\w{1,5}|breach\w{0,4}|infring\w{1,7}|illegal\w{0,3}|unlawful)",
    r"no ~(?:violations?|breach(?:es)?|infringements?|grounds|basis|legal basis)(?: (?:was|were|is|of) ~found)?",
    r"non-?violating",
    r"none of (?:them|these|the \w{1,12}) violat\w{1,3}",
    r"(?:comply|complies|compliant|consistent|in line|in compliance|in accordance) with (?:our|the|community|all) ~(?:polic(?:y|ies)|rules|guidelines|standards|terms)",
    r"within (?:our|the) ~(?:rules|polic(?:y|ies)|guidelines|terms|standards)",
    r"(?:refus(?:e|es|ed|ing)|declin(?:e|es|ed|ing)|reject(?:s|ed|ing)?|den(?:y|ies|ied))(?: (?:to )?(?:"
    + _REMOVE
    + r"|comply))?",
    r"(?:will |shall |to )?(?:remains?|stays?) (?:up|online|live|available|accessible|published|in place|on ~(?:platform|site|service))",
    r"(?:left|leave|leaving|keep|keeping|kept) (?:\w{1,12} ){0,2}?(?:up|online|live|as is)",
    r"no (?:further )?action (?:was |will be |has been |is |can be )?(?:taken|needed|required|possible)|(?:take|took|taking) no action",
    r"not (?:hosted|operated|controlled|managed|run) (?:by|on|at|with) (?:us|our ~(?:servers?|platform|service|site|systems?))|not (?:our|ours|on our) ?(?:content|platform|service|servers?|site)?",
    r"outside (?:of )?our (?:control|platform|jurisdiction|scope|responsibility)|not (?:within|under|in) our (?:control|jurisdiction|scope|responsibility)|no jurisdiction",
    r"insufficient (?:grounds|reason|basis)",
)
_NOT_REMOVED = (
    _BE_NOT + r" (?:been )?(?:\w{1,15} ){0,3}?" + _GONE_PP,
    r"not " + _GONE_PP,
    r"(?:nothing|none|neither|no (?:item|items|content|video|videos|link|links|post|posts)) (?:\w{1,12} ){0,5}?"
    + _GONE_PP,
    r"(?:without|instead of|rather than) (?:removing|deleting)",
)
_ALREADY_OURS = (
    r"(?:we|our team|our moderators|i)(?:'ve| have| had)? (?:already|previously) (?:removed|deleted|taken (?:\w{1,12} ){0,3}down|took (?:\w{1,12} ){0,3}down)",
)
_GEO = (
    r"geo-?\s?(?:block|restrict|fenc|withh|limit)\w{0,6}",
    r"(?:"
    + _BLOCK_PP
    + r"|removed|taken down|deleted|block(?:ed)? access|access)(?=[^.;!?\n,]{0,70}? (?:in|for|within|from|to|inside|throughout) (?:the |all |users? (?:in|from|within) |viewers? (?:in|from) |visitors (?:in|from) |people in |territory of |ip addresses in )*"
    + _KOREA
    + r"\b)",
    r"country-?\s?(?:withheld|blocked|restricted)|(?:locally|regionally) (?:restricted|blocked|withheld)|(?:local|regional) (?:block|restriction)",
)
_NOT_FOUND = (
    r"(?:"
    + _UNABLE
    + "|"
    + _CANNOT
    + "|"
    + _BE_NOT
    + r") (?:(?:be|been|longer|to|even|actually|yet|currently|we|able) ){0,3}?"
    + _SEE,
    r"not found|no such (?:\w{1,12}|page)|nothing found|no (?:content|video|videos|post|posts|page|match|results?) (?:was |were )?(?:found|exists?|there|at)",
    r"(?:do|does|did)(?: not|n't) (?:\w{1,12} ){0,2}?exist|doesnt exist|non-?existent|not (?:\w{1,12} )?exist(?:ing)?|ceased to exist",
    r"(?:had |have |has |was |were |is |are )?(?:been )?(?:already|previously) (?:been )?(?:"
    + _GONE_PP
    + r"|gone|unavailable|down|offline|inaccessible|not available|dead|no longer (?:\w{1,12} )?available)",
    r"(?:have |has |had |was |were )?(?:been )?"
    + _GONE_PP
    + r" by (?:the |its |their |his )?(?:\w{1,15} )?(?:users?|uploaders?|owners?|authors?|posters?|creators?|senders?|account holders?|(?:channel |group )?admins?|themselves|himself|herself)",
    r"(?:" + _GONE_PP + r"|gone) (?:before (?:we|our|your|receipt)|prior to)",
    r"(?:error |http |status |code |a |an )*(?:404s?|410s?)(?: error| not found| page)*",
    r"(?:dead|broken|expired|invalid|nonworking) (?:links?|urls?)|(?:links?|urls?) (?:is|are) (?:dead|broken|expired|invalid)",
    r"page (?:is )?missing",
)
_GONE = (
    r"no longer (?:\w{1,12} ){0,2}?(?:available|accessible|exists?|live|online|visible|there|on|up|present|hosted|reachable|active)",
    r"(?:(?:is|are|was|were)(?: not|n't) (?:currently |publicly |anymore )?)(?:available|accessible|reachable|visible|online|live)(?: anymore| any more| any longer)?",
    r"not (?:available|accessible|reachable)(?: anymore| any more| any longer)?",
    r"unavailable|inaccessible|unreachable",
)
_GLOBAL = r"(?=[^.;!?\n]{0,60}\b(?:globally|worldwide|world-wide|everywhere|in all (?:countries|regions)|across all (?:countries|regions)|for all users|for everyone|everyone))"
_REMOVED = (
    r"(?:we(?:'ve| have)? )?(?:disabled|blocked|cut|terminated) (?:all |public |any )?access" + _GLOBAL,
    r"access (?:\w{1,12} ){0,6}?(?:been |is |was |were )?(?:now )?(?:disabled|blocked)" + _GLOBAL,
    r"(?:removed|deleted|erased|purged|expunged|taken (?:\w{1,12} ){0,3}?(?:down|offline)|took (?:\w{1,12} ){0,3}?(?:down|offline)|pulled (?:down|offline)|brought down)",
    r"(?:took|taken)(?=[^.;:!?\n]{1,60}\b(?:down|offline)\b)",
    r"(?:is|are|all|went|gone|now|both) (?:now |all |both |gone )?(?:down|offline)",
    r"(?:is|are|has|have|all|now|both)(?: now| all| both)? gone|gone",
    r"(?:removal|deletion|takedown)s? (?:is |are |was |has been |have been )?(?:now )?(?:complete|completed|done|successful)|completed (?:the )?(?:removal|deletion|takedown)",
)
_DONE = (r"(?:done|completed|complete)",)
_BARE = (r"(?:removal|deletion|take-?down|removals|delete|remove)",)
_ACCOUNT = (
    r"(?:took|taken|taking|take) (?:\w{1,15} ){0,3}?(?:action|measures|steps|enforcement) (?:against|on) (?:[\w']{1,15} ){0,4}?(?:accounts?|users?|uploaders?|owners?|posters?|profiles?|offenders?|perpetrators?|channels?)",
    r"(?:(?:suspended|banned|terminated|closed|disabled|blocked|deactivated|removed|deleted)(?: \w{1,12}){0,3}? (?:accounts?|users?|uploaders?|owners?|poster|profiles?|offenders?|perpetrators?))",
    r"(?:accounts?|users?|uploaders?|owners?|posters?|profiles?|offenders?) (?:\w{1,12} ){0,6}?(?:suspended|banned|terminated|closed|disabled|blocked|deactivated)",
)
_MEASURE = (
    r"(?:blinded|hidden|hid|unlisted|quarantined|de-?listed|de-?indexed|shadow-?banned|age-?(?:restricted|gated)|demoted|suspended|terminated|banned|archived)",
    r"(?:made|set|switched|turned|changed) (?:\w{1,12} ){0,3}?(?:private|invisible|non-?public|hidden)|(?:is|are) (?:now )?private",
    r"actioned|(?:took|taken|take) (?:\w{1,12} ){0,3}?(?:action|measures|steps)|actions? (?:was|were|has been|have been)? ?taken|(?:been |is |are )?(?:resolved|handled|processed|dealt with|taken care of|sorted|addressed|enforced)",
    r"(?:warned|labell?ed|restricted|limited)",
)
_BLOCKED = (r"(?:blocked|withheld|disabled|blocking|access (?:\w{1,12} ){0,3}?disabled)",)
_UNKNOWN = (
    r"remov\w{0,6}|delet\w{0,6}|eras(?:e|ed|ing)|taking|took|takedowns?|undeleted|unremoved",
    r"restor\w{0,6}|reinstat\w{0,6}|re-?upload\w{0,4}|re-?appear\w{0,4}|re-?post\w{0,4}|revers(?:e|ed|al)|appeal\w{0,4}|rolled back|reverted|undone|mistaken\w{0,2}|in error|by mistake|re-?enabled|back (?:up|online)",
    r"(?:still|currently|yet) (?:\w{1,12} ){0,2}?(?:up|live|online|available|visible|there|accessible|public|active|present|exist\w{0,2})",
    r"geo|block\w{0,4}|found|exist\w{0,3}",
)

_ORDER: tuple[tuple[tuple[str, ...], str], ...] = (
    (_NEED_INFO, "need_info"),
    (_ALREADY_OURS, "removed"),
    (_IN_PROGRESS, "in_progress"),
    (_REFUSED, "refused"),
    (_GEO, "geo_blocked"),
    (_NOT_FOUND, "not_found"),
    (_NOT_REMOVED, Weak.NOT_REMOVED),
    (_GONE, Weak.GONE),
    (_REMOVED, "removed"),
    (_DONE, Weak.DONE),
    (_BARE, Weak.BARE),
)
_STATUS = [(_words("|".join(patterns)), str(value)) for patterns, value in _ORDER]
_ACCOUNTS = _words("|".join(_ACCOUNT))
_MEASURES = _words("|".join(_MEASURE))
_BLOCKS = _words("|".join(_BLOCKED))
_UNKNOWNS = _words("|".join(_UNKNOWN))


def scan_english(board: Board) -> None:
    """Put English statuses on the board, the most telling ones first."""
    for silent in _SILENT:
        board.sweep(silent)
    board.find(_ACCOUNTS, Kind.ACCOUNT, english=True)
    for pattern, value in _STATUS:
        board.find(pattern, Kind.STATUS, value, english=True)
    board.find(_MEASURES, Kind.MEASURE, english=True)
    board.find(_BLOCKS, Kind.STATUS, Weak.BLOCKED, english=True)
    board.find(_UNKNOWNS, Kind.STATUS, Weak.UNKNOWN, english=True)
