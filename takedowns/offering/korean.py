"""Whether a Korean sentence offers an address. The sentence is folded, its addresses stand as @0@, @1@, …"""

import re

_DEED = (
    r"(?:연락|문의|회신|송부|발송|전송|송신|요청|접수|신고|제출|통보|통지|보내|알려|이용|사용|활용|제보|전달|신청|메일"
    r"|의뢰|협의|상담|소통|공유|기재|남겨)"
)
_ASKED = (
    r"(?:을|를|도|은|는)?\s?(?:하여|해|하시어|하셔서)?\s?(?:주시(?:기|면|는|길|겠)|주십시|주실\s?수|주세요|주셔도|바랍니다"
    r"|바람|부탁|요망|하시(?:기|면|길)|하실\s?수|하셔도|하십시오|하세요|시면|시기|시길|실\s?수|십시오|세요|가능)"
)
_CHANNEL = r"(?:주소|메일|이메일|전자우편|계정|창구|연락처|채널|핫라인|수신처|접수처|문의처)"
_WORD = r"[가-힣]{1,12}\s"

_INVITATIONS = [
    re.compile(pattern)
    for pattern in (
        rf"{_DEED}{_ASKED}",
        r"@\d+@\W{0,3}\s?(?:으?로|에게|에|앞으로|를 통해|을 통해)\s?"
        rf"(?:{_WORD}){{0,4}}?[가-힣]{{0,8}}\s?(?:주시기|주십|주세요|주시면|바랍니다|부탁|요망)",
        r"(?:전용|전담|직통|별도|별도의|신규|새로운|새|공식|긴급|대표|추가|변경된|바뀐|올바른|정확한)\s?"
        rf"(?:{_WORD}){{0,3}}?[가-힣]{{0,6}}{_CHANNEL}",
        rf"{_CHANNEL}[은는이가를을]?\s?(?:{_WORD}){{0,2}}?(?:신설|개설|마련|만들|지정|운영|변경|바뀌|안내)",
        rf"(?:아래|다음|하기)(?:의)?\s?(?:{_WORD})?{_CHANNEL}(?:으로|로|를|을)\s?(?:{_WORD})?(?:부탁|{_DEED})",
        rf"@\d+@\W{{0,3}}\s?(?:[을를이가은는로]|으로)?\s?(?:{_WORD}){{0,2}}?"
        r"(?:신설|개설|마련|지정|운영|변경되|바뀌|안내(?:하여|해)?\s?드)",
        rf"(?:추가|향후|기타|앞으로|앞으로의|이후|이후의|긴급|긴급한|관련|다른|후속|모든)\s?(?:{_WORD}){{0,4}}?[가-힣]{{0,8}}"
        r"\s?(?:문의|요청|연락|사항|건|신고|협조|소통|공문|서한)(?:처|[은는이])?(?:\s?시)?(?:에는|엔)?\s?[:,]?\s?@\d+@",
        rf"(?:연락하실|문의하실|보내실|접수하실)\s?(?:곳|{_CHANNEL})",
    )
]
# What stands before the end of one of these is told of an address that is not meant.
_TURN = re.compile(
    r"지\s?(?:마시고|말고|말아\s?주시고|않고|않으며|않으니|않으므로)|대신(?:에)?|아니라|아닌"
    r"|(?:으며|이며|하며|되며|되었고|하였고|했고|됐고|으니|오니|므로|는데|지만|으나)[,\s]"
)
_WITHDRAWN = re.compile(
    r"지\s?(?:마|말|않|못)|말아|삼가|대신|아니라|아닌|더\s?이상|폐쇄|폐지|중단|종료|만료|(?:사용|수신|회신|답변|접수)이?\s?불가"
    r"|(?:발신|발송|송신)\s?전용|없습니다|잘못된|이전\s?주소|기존\s?주소|구\s?주소"
)
_HESITATE = re.compile(
    r"(?:주저|망설이|망설이시|주저하시|부담\s?갖|어려워하)지\s?(?:마시고|말고|마세요|마십시오|말아\s?주)"
)
_ONLY_NAMED = re.compile(
    r"@\d+@\W{0,3}\s?(?:으?로|에서?|에게|을|를|이|가|은|는|의)?\s?(?:이미\s?|기\s?)?"
    r"(?:전달|이관|송부|발송|회신|접수|수신|보내|등록|가입|확인|문의|요청|사용|이용|작성|제출|개설한|운영하던)\s?"
    r"(?:하였|했|드렸|드린|한|된|되었|됐|받|주신|신|하신|하던|중인|주셨|하셨|해\s?주신|하여\s?주신|해\s?주셨|하여\s?주셨)"
    r"|@\d+@\W{0,3}\s?(?:님|계정|이용자|사용자|회원|의\s?(?:계정|이용자|채널))"
)
_FOR_OTHERS = re.compile(
    r"(?:이용자|사용자|회원|게시자|작성자|업로더|운영자|개설자|권리자|저작권자|언론|기자|광고주|개발자|피해자|당사자"
    r"|신고인|신고자|고객|본인)\s?(?:님|분)?(?:들)?(?:께서는?|에게|께|는|은|가|이|의\s?경우)(?![가-힣])"
    r"|(?:광고|채용|언론|보도|결제|환불|제휴|수신\s?거부|구독)\s?(?:[가-힣]{1,12}\s)?(?:문의|요청|신청|관련)"
    r"|수신인이\s?아닌|잘못\s?수신|기밀"
)
_QUESTION = re.compile(r"(?:까요|나요|습니까|지요|인가요|은가요)\s?\??\s?$|\?\s?$")
_WISH = re.compile(r"주시겠|주실\s?수\s?있|부탁드려도")
_THERE = re.compile(rf"(?:위|상기|해당|이|본|동|그)\s?(?:{_WORD})?{_CHANNEL}|그쪽으로|이쪽으로")


def offers(told: str, at: int) -> bool:
    """Whether `told` offers the address that stands in it as @`at`@."""
    told = _HESITATE.sub("편하게", told)
    place = told.find(f"@{at}@")
    if place < 0 or _FOR_OTHERS.search(told) or (_QUESTION.search(told) and not _WISH.search(told)):
        return False
    cuts = [0, *(turn.end() for turn in _TURN.finditer(told)), len(told)]
    start = max(cut for cut in cuts if cut <= place)
    end = min(cut for cut in cuts if cut > place)
    named = _ONLY_NAMED.search(told, place)
    if _WITHDRAWN.search(told[start:end]) or (named and named.start() == place):
        return False
    return any(pattern.search(told) for pattern in _INVITATIONS)


def invites(told: str) -> bool:
    """Whether a sentence without an address asks to write to the one named before."""
    told = _HESITATE.sub("편하게", told)
    if _WITHDRAWN.search(told) or _FOR_OTHERS.search(told) or _QUESTION.search(told):
        return False
    return bool(_THERE.search(told)) and any(pattern.search(told) for pattern in _INVITATIONS)
