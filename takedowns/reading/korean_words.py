"""Korean words round an outcome: sets ("모두", "나머지", "제외하고"), doubts, and what was removed from where."""

import re

from takedowns.reading.marks import FILLED, Board, Kind


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile("(?:" + pattern.replace(" ", r"\s{0,2}") + ")")


_REST = _words(
    r"(?:그 ?외(?:의|에)?|그 ?밖의|이 ?외(?:의|에)?|기타|다른) ?(?:나머지|모든)? ?(?:건|게시물|항목|영상|링크|것|모두|전부|는|콘텐츠|url)(?:들)?(?:에 대해서는|에 대해|은|는|의|도)?"
    r"|(?:그 )?나머지(?: ?(?:모든|전체))?(?: ?(?:건|게시물|게시글|항목|영상|동영상|링크|것|콘텐츠|컨텐츠|url|메시지|글)(?:들)?)?(?:에 대해서는|에 대해|은|는|도|의)?|그 외(?:는|에는)"
)
_EXCEPT = _words(
    r"(?:을|를)? ?제외(?:하고는|하고|하여|한|하면|시키고|시|된|하였고|했고|하며)?(?=$|[\s,.)~"
    + FILLED
    + r"]|모|나|전|삭|완|조)|(?:을|를)? ?(?:빼고는|빼고|뺀)|(?:을|를)? ?말고는?|이외(?:의|에는|에)?(?= ?(?:나머지|모두|전부|전체|모든|건|게시물|항목|"
    + FILLED
    + r"))|외(?:의|에는|에)?(?= ?(?:나머지|모두|전부|전체|모든|건|게시물|항목))"
)
_AND_MORE = _words(r"외(?= ?" + FILLED + r"{2,6})")  # "1번 외 24건" is "number 1 and 24 more", or "all 24 but number 1"
_ALL = _words(
    r"(?:요청하신|신고하신|보내주신|해당|위|상기|아래|첨부|전달해 주신|말씀하신|기재하신|귀 위원회가 요청한)? ?(?:목록의|리스트의)? ?(?:게시물|게시글|항목|영상|동영상|링크|콘텐츠|url|건|목록|정보|자료|메시지|글|내용|계정)?(?:들)?(?:은|는|을|를|이|에 대해|에 대하여)? ?"
    r"(?:(?:모두|전부|전건|전량|일괄)(?!가 아|는 아)|모든 ?(?:게시물|게시글|항목|영상|동영상|링크|콘텐츠|컨텐츠|url|건|정보|메시지|자료|글)?(?:들)?(?:을|를|은|는|이|에 대해|에 대하여)?"
    r"|(?<![가-힣])(?:전체(?! ?(?:공개|적|보기))(?: ?(?:게시물|게시글|항목|영상|동영상|링크|콘텐츠|url|건|목록|메시지))?|싹|다(?=\s|"
    + FILLED
    + r")))(?:에 대해|에 대하여|를|을|가|이|은|는)?"
)
_PARTIAL = _words(
    r"일부|몇 ?(?:건|개|가지)?(?=\W|건|개)|대부분|대다수|거의|절반|과반|상당수|약(?= ?[\d"
    + FILLED
    + r"])|정도(?=\W|만|의)|가량|(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|하나|둘|셋) ?(?:건|개|가지|편)|(?:첫|두|세|네|다섯) ?번째|부분적|우선|먼저|순차|차례|중복|하나(?=는|만|의|가)|최소|처음"
)
_DOUBT = _words(
    r"일부|만약|만일|혹시|경우|아마|듯|것 ?같|추정|예상|가능성|농담|예:|예시|예를 들|샘플|테스트|라고|다고|다는|다면|으면|했어야|되었어야|해야|여야|되어야|바랍|바라|부탁|요청드|요망|희망|예정|하겠|되겠|할 ?것|인지|는지|을지|여부|않|못|없|아니|아님|불가|어렵|곤란|보류|실패|오류|미완|잘못|착오|임시|일시|아직|곧|추후|향후|복구|복원|재게시|다시|주장|의견|가정|조건|struck out|전에|이전|직전|지난|위원회에서 삭제|귀측|귀하께서|먼저|순차"
)
_QUESTION_END = re.compile(
    r"(?:까요?|나요|는지요|은지요|인가요|던가요|을까|ㄹ까|습니까|입니까|니까|냐|죠)\s*[.?!~]*\s*$"
)
_CONDITION = _words(
    r"(?:하시|되시|있으시|필요하시|원하시|발견하시|하|되|있으|이시|라)면(?![가-힣])|경우(?:에는|에|,| )|바랍니다|부탁|주시기|주십시오|주세요|주시면|요청(?:드립|합니다|드리)|할 수 있습니다|될 수 있습니다|해야 합니다|하여야|권장|권고|안내"
)
_OBJECT = re.compile(
    r"([가-힣a-z]{1,15})(?:을|를)\s{0,2}(?:(?:모두|전부|전량|전체|일괄|즉시|다|완전히|영구|금일|오늘|이미|"
    + FILLED
    + r"{2,4})\s{0,2}){0,3}$"
)
_PLACE = re.compile(r"([가-힣a-z]{1,15})(?:에서|으로부터|로부터)\s{0,2}(?:[가-힣]{1,6}\s{0,2}){0,2}$")
_NOUN_BEFORE = re.compile(r"([가-힣]{2,15})\s{0,2}$")
_PLACES_NOT_CONTENT = re.compile(
    r"채널|계정|그룹|대화방|채팅방|방은|방을|댓글|프로필|썸네일|아이디|카페|블로그|사이트는|사이트를|동일|유사|중복|다른"
)
_OBJECTS = re.compile(
    r"(?:게시물|게시글|게시 글|포스트|영상|동영상|비디오|콘텐츠|컨텐츠|글|메시지|링크|url|사진|이미지|자료|파일|정보|건|것|항목|채널|그룹|방|대화방|채팅방|봇|번|물|목록 전체|데이터|이를|원본|미디어|합성물|영상물|촬영물|허위영상물)(?:들)?$"
)
_PLACES = re.compile(
    r"(?:플랫폼|서비스|사이트|서버|당사|자사|저희|텔레그램|커뮤니티|게시판|카페|블로그|시스템|채널|방|그룹|팀|부서|센터|담당자|카톡|유튜브|네이버|카카오|다음|구글|전체|부|측|회사|본사|운영진|운영팀|스토리지|db|cdn|데이터베이스|여기|저희쪽|쪽|선|차원)$"
)
_NOT_OBJECTS = re.compile(
    r"(?:댓글|대댓글|썸네일|섬네일|프로필|신고|접수|목록|리스트|명단|제목|태그|캐시|검색결과|미리보기|답글|공지|좋아요|알림|링크만|설명|소개|제한|차단|경고|기록|로그|이력|중복|광고|오디오|자막|요청)$"
)


def scan_korean_sets(board: Board) -> None:
    """Put "모두", "나머지", "제외" on the board; statuses are there already."""
    board.find(_AND_MORE, Kind.DOUBT, "and more")
    board.find(_EXCEPT, Kind.EXCEPT)
    board.find(_REST, Kind.REST)
    board.find(_ALL, Kind.ALL)
    board.find(_PARTIAL, Kind.PARTIAL)


def is_question_or_condition(sentence: str) -> bool:
    """Whether a sentence asks, asks for, or sets a condition."""
    return bool(_QUESTION_END.search(sentence[-40:]) or _CONDITION.search(sentence))


def is_question(sentence: str) -> bool:
    """Whether a sentence asks."""
    return bool(_QUESTION_END.search(sentence[-40:]))


def has_doubt(words: str) -> bool:
    """Whether words round an outcome deny, hedge or report it."""
    return bool(_DOUBT.search(words))


def speaks_of_all(words: str) -> bool:
    """Whether words without a number can be about the whole list: not "채널은", not "댓글"."""
    return not _PLACES_NOT_CONTENT.search(words)


def removes_something_else(before: str) -> bool:
    """Whether the words right before "삭제" name an object or place that is not the content: "댓글을", "목록에서"."""
    tail = before[-40:]
    if found := _OBJECT.search(tail):
        return not _OBJECTS.search(found[1]) and not found[1].endswith("번")
    if found := _PLACE.search(tail):
        return not _PLACES.search(found[1])
    if found := _NOUN_BEFORE.search(tail):
        return bool(_NOT_OBJECTS.search(found[1]))
    return False
