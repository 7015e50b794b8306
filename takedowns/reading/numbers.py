"""Which numbers of a reply are items, which are counts, and which are dates, laws, tickets or telephones.

What remains a bare number is an item only in company: in a list or range, in a row of its own, or beside items that
are beyond doubt. "24 removed, 1 refused" may count, so it names nothing.
"""

import re

from takedowns.reading.marks import Board, Kind, Mark
from takedowns.reading.places import Places, links_in

_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_UNIT = r"(?:business\s|working\s|calendar\s)?(?:hours?|hrs?|h|days?|weeks?|months?|minutes?|mins?|seconds?|secs?|years?|kb|mb|gb|px|percent|usd|krw|eur|won)\b"

_NEUTRAL = [
    re.compile(pattern)
    for pattern in (
        r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}",
        r"\bhttp\s?(?:status\s|code\s|error\s)?(?=4\d\d|5\d\d)",
        r"\d{4}\s?[-./]\s?\d{1,2}\s?[-./]\s?\d{1,2}\.?(?!\d)",
        r"\d{2,4}\s?년(?:도)?(?:\s?\d{1,2}\s?월)?(?:\s?\d{1,2}\s?일)?",
        r"\d{1,2}\s?월(?:\s?\d{1,2}\s?일)?",
        r"(?<![\d/])\d{1,2}/\d{1,2}/\d{2,4}(?![\d/])",
        r"(?<![\w-])\d{1,2}(?:st|nd|rd|th)?(?:\sof)?\s" + _MONTH + r"\b\.?(?:,?\s\d{4})?",
        r"\b" + _MONTH + r"\.?\s\d{1,2}(?:st|nd|rd|th)?\b(?:,?\s\d{4}\b)?",
        r"\b" + _MONTH + r"\.?\s\d{4}\b",
        r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:kst|utc|gmt|pst|est|cet)(?:\s?[+-]\d{1,4}(?::\d{2})?)?)?",
        r"\(?(?:gmt|utc)\s?[+-]\s?\d{1,4}(?::\d{2})?\)?",
        r"(?<![\w-])\d{1,2}\s?[ap]\.?m\b\.?",
        r"(?:오전|오후)?\s?\d{1,2}\s?시(?:간|\s?\d{1,2}\s?분)?(?![가-힣](?<![에까부경쯤이내안후전]))",
        r"(?<![\w-])\d{1,4}(?:\s?(?:-|~|to|or)\s?\d{1,4})?(?:\s|-)?" + _UNIT,
        r"(?:제\s?)?\d{1,4}\s?조(?:\s?의\s?\d{1,3})?(?:\s?(?:제\s?)?\d{1,3}\s?항)?(?:\s?(?:제\s?)?\d{1,3}\s?호)?",
        r"제\s?\d{1,5}(?:-\d{1,5})?\s?(?:항|호|차|회|기|부|장|절|편|목)",
        r"\b(?:article|art|section|sec|sect|§{1,2}|paragraph|para|clause|rule|chapter|title|regulation|directive|part|annex|act|law|order)\.?"
        r"\s?(?:no\.?\s?|\((?:eu|ec)\)\s?)?\d[\w./]{0,20}(?:\([\w]{1,4}\)){0,4}(?:-\d{1,4})?",
        r"§{1,2}\s?\d[\w./-]{0,20}(?:\([\w]{1,4}\)){0,4}",
        r"\b\d{1,3}\s?u\.?\s?s\.?\s?c\b\.?(?:\s?§{0,2}\s?\d{1,5})?(?:\([\w]{1,4}\)){0,4}",
        r"\((?:eu|ec)\)\s?\d{1,4}/\d{1,4}",
        r"(?:접수|사건|문서|관리|티켓|민원|문의|처리|신청|요청|공문|전화|우편|사업자|등록|연락처|고객)\s?(?:번호|처)?\s?[:#]?\s?(?:no\.?\s?)?[a-z0-9-]{0,20}\d{4,}[\w/-]{0,20}",
        r"\b(?:ticket|case|ref(?:erence)?|request|incident|inquiry|enquiry|complaint|report|id|tracking|tel|phone|fax|mobile|ext|letter)\b\.?"
        r"\s?(?:no\b\.?|number|id|code)?\s?[:#]{0,2}\s?#?(?:[a-z0-9-]{0,20}[a-z-][a-z0-9-]{0,20}\d[\w-]{0,20}|\d{4,}[\w-]{0,20})",
        r"\b[a-z]{2,12}-\d{2,6}-\d{2,12}\b",
        r"\b[a-z]{2,12}[-_]?\d{4,12}\b",
        r"#\d{5,12}\b",
        r"\+\(?\d{1,4}\)?[-.\s]\d{1,4}[-.\s]\d{3,4}[-.\s]\d{3,4}(?!\d)",
        r"(?<!\d)\(?0\d{1,2}\)?[-.\s]\d{3,4}[-.\s]\d{4}(?!\d)",
        r"(?<!\d)1[568]\d{2}-\d{4}(?!\d)",
        r"[$€₩£]\s?\d[\d,.]{0,20}|(?<![\w.])\d[\d,.]{0,20}\s?(?:원|%|\$|€)",
        r"(?<![\w,])\d{1,3}(?:,\d{3})+(?!\d)",
        r"(?<![\w-])(?:19|20)\d{2}(?![\w/-])(?!\s?번)",
        r"\b(?:version|ver|v|build|floor|suite|room|bldg|level|tier|step|phase|option|policy|form|page)\.?\s?\d{1,6}\b",
        r"(?<!\w)\d{1,5}\s?(?:층|길|로|번길|호실|동|차|회|인|명|일|주|분|초|년|월|배|위|등|개월|영업일|만|억|천|쪽|페이지|단계|항|호|급)(?=[^가-힣]|에|의|은|는|이\s|가\s|을|를|간|내|전|후|까지|부터|로|째|\Z)",
        r"(?<![\w-])24/7\b",
    )
]

_COUNTED = r"(?:items?|videos?|links?|urls?|posts?|messages?|pieces|entries|clips?|pages?|files?|accounts?|channels?|groups?|cases?|contents?|uploads?|reports?|requests?|addresses)\b"
_ADJECTIVES = r"(?:(?:reported|listed|requested|remaining|other|flagged|above|said|identified|submitted|offending|illegal|pieces\sof|of\sthe|of\sthese|of\sthose|of\syour|different|separate|unique|individual|abovementioned|mentioned)\s){0,3}"
_NOUNS = r"(?:\s" + _ADJECTIVES + _COUNTED + ")?"
_FRACTION = re.compile(
    r"(?<![\w/#-])(?P<n>\d{1,4})\s(?:out\s)?of\s(?:the\s|your\s|these\s|a\stotal\sof\s|all\s)?(?P<of>\d{1,4})\b"
    + _NOUNS
)
_OUT_OF = [
    re.compile(pattern)
    for pattern in (
        r"(?<!\w)(?:총\s?)?(?P<of>\d{1,4})\s?(?:건|개|편)\s?(?:의?\s?(?:게시물|영상|동영상|항목|링크|url|콘텐츠|정보)\s?)?"
        r"(?:중에서는|중에서|중에|중|가운데)(?![가-힣])",
        r"\bout\s?of\s(?:the\s|a\stotal\sof\s|your\s|these\s)?(?P<of>\d{1,4})\b" + _NOUNS,
        r"\bof\s(?:the|your|these|those|all)\s(?P<of>\d{1,4})\b" + _NOUNS,
    )
]
_COUNTS = [
    re.compile(pattern)
    for pattern in (
        r"(?<![\w/-])(?P<n>\d{1,4})\s?(?:건|개|편|곳|종)(?:씩)?(?=의|을|를|이|은|는|에|도|만|과|와|\W|모두|전|삭|완|조|처|차|확|\Z)",
        r"(?<![\w/#-])(?<!no\.\s)(?P<n>\d{1,4})\s" + _ADJECTIVES + _COUNTED,
        r"\b(?:all|the\s(?:other|remaining)|other|remaining|total\sof|total:?|rest|remainder)\s(?:the\s|of\sthe\s)?\(?(?P<n>\d{1,4})\b(?!\s?(?:-|~|to\b|through\b|번|,\s?\d|and\s\d|&\s?\d))\)?",
        r"\bthe\s(?P<n>\d{1,4})\b(?!\s?(?:-|~|to\b|through\b|번|,\s?\d|and\s\d))",
        r"(?:총|합계|나머지|모두|전체|전부)\s?(?P<n>\d{1,4})(?=\s?(?:건|개|편|$|[,.)]))",
        r"(?<![\w/-])(?P<n>\d{1,4})(?=\s(?:out\s)?of\s(?:them|these|those|which|your|the|our)\b)",
    )
]

_CIRCLED: dict[str, int] = (
    {chr(0x2460 + n): n + 1 for n in range(20)}
    | {chr(0x3251 + n): n + 21 for n in range(15)}
    | {chr(0x2776 + n): n + 1 for n in range(10)}
    | {chr(0x2780 + n): n + 1 for n in range(10)}
    | {chr(0x278A + n): n + 1 for n in range(10)}
    | {chr(0x24EB + n): n + 11 for n in range(10)}
    | {chr(0x24F5 + n): n + 1 for n in range(10)}
    | {chr(0x2474 + n): n + 1 for n in range(20)}
    | {chr(0x2488 + n): n + 1 for n in range(20)}
)
_MARKER = r"(?:(?:items?|videos?|links?|urls?|posts?|messages?|msgs?|entry|entries|clips?|contents?|numbers?|nos?\.?|nrs?\.?|№|rows?|lines?|points?|항목|순번|연번|번호|링크|게시물|게시글|영상|동영상|메시지|목록)\s?(?:(?:no|nos|number|numbers|번호)\b\.?\s?)?#?\(?\s?|#\s?)"
_ATOM = re.compile(
    r"(?P<marker>\b" + _MARKER + r"|#\s?)?"
    r"(?:(?<![\w.])(?P<number>\d{1,12})(?![\d])(?!\.\d)(?P<suffix>\s?번(?:째)?(?:\s?(?:게시물|게시글|영상|동영상|항목|링크|글|메시지|건|url|콘텐츠)(?![가-힣]*번))?)?(?![a-z_])"
    r"|(?P<circled>[" + "".join(_CIRCLED) + r"])(?P<suffix2>\s?번(?:째)?)?)"
)
_RANGE_GAP = re.compile(
    r"\s{0,3}(?:-{1,2}|~|\.{2,3}|…|to|through|thru|until|up\sto|부터|에서|내지)\s{0,3}(?:#|no\.?\s?|items?\s|번\s?)?\s{0,3}"
)
_LIST_GAP = re.compile(
    r"\s{0,3}(?:,|and|&|\+|·|및|와|과|하고|랑|이랑|그리고|,\s{0,3}(?:and|&|및|그리고))\s{0,3}(?:also\s|to\s)?(?:items?\s|links?\s|videos?\s|no\.?\s?|#)?\s{0,3}"
)
_SLASH_GAP = re.compile(r"\s?/\s?")
_OPEN_CLOSE = re.compile(r"\s{0,2}[\])]\s{0,2},?\s{0,2}[\[(]\s{0,2}")

_DECIMAL = re.compile(r"(?<![\w.])\d{1,4}(?:\.\d{1,4}){1,20}(?!\w)")

MAX_ATOMS = 4000


def scan_links(board: Board, source: str, places: Places) -> None:
    """Mark links: those of items, by whatever wrapping, and foreign ones."""
    found = []
    for start, end in links_in(source):
        label = places.of_link(source[start:end])
        if label:
            found.append(Mark(start, end, Kind.ITEMS, "link", (label,)))
        else:
            near = places.is_near(source[start:end])
            found.append(Mark(start, end, Kind.LINK, "near" if near else "far"))
    board.put_all(found)
    _scan_tails(board, places)


def _scan_tails(board: Board, places: Places) -> None:
    if not places.by_tail and not places.by_label:
        return
    found = []
    for match in re.finditer(r"(?<![\w/.-])[\w-]*[/.…]{0,4}[\w/-]{5,80}(?![\w/-])", board.text):
        word = match.group().strip("./…-")
        label = places.by_label.get(word) if "/" in word else places.by_tail.get(word.rsplit("/", 1)[-1])
        if label:
            found.append(Mark(match.start(), match.end(), Kind.ITEMS, "link", (label,)))
    board.put_all(found)


def scan_status_codes(board: Board, places: Places) -> None:
    """Mark "404" and "410", unless a message of the letter has that number."""
    if {404, 410} & (places.by_number.keys() | places.by_message.keys()):
        board.find(
            re.compile(r"\b(?:http|error|status|code)(?:\s(?:code|error))?\s?(?:404|410)\b"), Kind.STATUS, "not_found"
        )
        return
    pattern = r"(?:\b(?:http|error|status|code|returns?|an?)(?:\s(?:code|error|a|an))?\s?)?(?<![\w/-])(?:404|410)s?(?![\w-])(?:\s(?:errors?|not\sfound|pages?)|\s?(?:오류|에러))?"
    board.find(re.compile(pattern), Kind.STATUS, "not_found", english=True)


def scan_numbers(board: Board, places: Places) -> None:
    """Mark items, counts and doubtful numbers; blot out every other number."""
    for neutral in _NEUTRAL:
        board.sweep(neutral)
    for match in _FRACTION.finditer(board.text):
        board.put(Mark(match.start(), match.end("n"), Kind.COUNT, count=int(match["n"])))
        board.put(Mark(match.end("n"), match.end(), Kind.OUT_OF, count=int(match["of"])))
    for pattern in _OUT_OF:
        board.put_all(
            [
                Mark(match.start(), match.end(), Kind.OUT_OF, count=int(match["of"]))
                for match in pattern.finditer(board.text)
            ]
        )
    for pattern in _COUNTS:
        board.put_all(
            [
                Mark(match.start("n"), match.end(), Kind.COUNT, count=int(match["n"]))
                for match in pattern.finditer(board.text)
                if not _is_marked_before(board.text, match.start("n"))
            ]
        )
    board.find(_DECIMAL, Kind.NUMBER)
    atoms = [match for match, _ in zip(_ATOM.finditer(board.text), range(MAX_ATOMS), strict=False)]
    marks: list[Mark] = []
    at = 0
    while at < len(atoms):
        mark, at = _group(board.text, atoms, at, places)
        marks.append(mark)
    board.put_all(marks)


def _is_marked_before(text: str, at: int) -> bool:
    return bool(re.search(r"(?:" + _MARKER + r"|\d\s?(?:,|-|~|and|to)\s?)$", text[max(0, at - 20) : at]))


def _group(text: str, atoms: list[re.Match[str]], at: int, places: Places) -> tuple[Mark, int]:
    """The longest list of numbers and ranges that begins at atom `at`, and where the next one begins."""
    numbers = [_value(atoms[at])]
    marked, several, broken, slashed = _is_marked(atoms[at]), False, False, False
    first = atoms[at]
    ranged = False
    while at + 1 < len(atoms):
        gap = text[atoms[at].end() : atoms[at + 1].start()]
        value = _value(atoms[at + 1])
        if len(gap) > 12:
            break
        if _RANGE_GAP.fullmatch(gap) and not ranged:
            low = numbers[-1]
            broken = broken or value <= low or value - low > 1000
            numbers += [] if broken else range(low + 1, value + 1)
            ranged = True
        elif _LIST_GAP.fullmatch(gap) or _OPEN_CLOSE.fullmatch(gap) or _SLASH_GAP.fullmatch(gap):
            slashed = slashed or bool(_SLASH_GAP.fullmatch(gap))
            numbers.append(value)
            ranged = False
        else:
            break
        at, several = at + 1, True
        marked = marked or _is_marked(atoms[at])
    span = (first.start(), atoms[at].end())
    return _mark(span, numbers, places, marked=marked, several=several and not slashed, broken=broken), at + 1


def _is_marked(atom: re.Match[str]) -> bool:
    return bool(atom["marker"] or atom["suffix"] or atom["circled"])


def _value(atom: re.Match[str]) -> int:
    return int(atom["number"]) if atom["number"] else _CIRCLED[atom["circled"]]


def _mark(
    span: tuple[int, int], numbers: list[int], places: Places, *, marked: bool, several: bool, broken: bool
) -> Mark:
    known = places.by_number if all(number in places.by_number for number in numbers) else places.by_message
    labels = tuple(dict.fromkeys(known[number] for number in numbers if number in known))
    if (
        broken
        or len(numbers) != len(set(numbers))
        or (len(labels) < len(set(numbers)) and (marked or several or labels))
    ):
        return Mark(*span, Kind.RANGE)
    if not labels:
        return Mark(*span, Kind.NUMBER, count=numbers[0])
    sure = marked or several or known is places.by_message
    return Mark(*span, Kind.ITEMS, "marked" if marked else "bare", labels, count=numbers[0], sure=sure)
