"""Ready answers for whoever plays the liaison, built from what is really removed on this platform."""

from collections.abc import Callable, Sequence

from .numbers import compress

DEDICATED = "korea@telegram.test"

SIGNATURE = {"en": "Regards,\nTelegram Trust & Safety", "ko": "감사합니다.\nTelegram 신뢰·안전팀"}


def _all_removed(everything: str, live: str, gone: str, count: int) -> tuple[str, str]:
    items = f"All {count} items ({everything})" if count > 1 else f"Item {everything}"
    korean = f"{everything}번 모두 삭제 완료했습니다." if count > 1 else f"{everything}번 삭제 완료했습니다."
    return f"{items} {_have(count)} been removed.", korean


def _removed_with_apology(everything: str, live: str, gone: str, count: int) -> tuple[str, str]:
    english, korean = _all_removed(everything, live, gone, count)
    return (
        f"{english}\n\nWe find the situation unfortunate and apologise for any misunderstanding. For further matters "
        f"please use this dedicated address: {DEDICATED}",
        f"{korean}\n\n이번 상황을 유감스럽게 생각하며, 그동안의 오해에 대하여 사과드립니다. 앞으로는 전용 주소 "
        f"{DEDICATED} 로 연락하여 주시기 바랍니다.",
    )


def _partly(everything: str, live: str, gone: str, count: int) -> tuple[str, str]:
    english, korean = [], []
    if gone:
        english.append(f"{gone} removed.")
        korean.append(f"{gone}번은 삭제 완료했습니다.")
    if live:
        english.append(f"{live} under review.")
        korean.append(f"{live}번은 검토 중입니다.")
    return "\n".join(english), "\n".join(korean)


def _refused(everything: str, live: str, gone: str, count: int) -> tuple[str, str]:
    numbers = live or everything
    return (
        f"{numbers}: we will not remove these, as we see no violation of our terms.",
        f"{numbers}번은 당사 약관 위반에 해당하지 않아 삭제할 수 없습니다.",
    )


def _announced(everything: str, live: str, gone: str, count: int) -> tuple[str, str]:
    numbers = live or everything
    return f"{numbers} will be removed by tomorrow.", f"{numbers}번은 내일까지 삭제할 예정입니다."


def _received(everything: str, live: str, gone: str, count: int) -> tuple[str, str]:
    return (
        "We have received your letter and will come back to you.",
        "귀 기관의 요청이 접수되었습니다. 검토 후 회신드리겠습니다.",
    )


def _have(count: int) -> str:
    return "have" if count > 1 else "has"


TEXTS: dict[str, Callable[[str, str, str, int], tuple[str, str]]] = {
    "all": _all_removed,
    "apology": _removed_with_apology,
    "partly": _partly,
    "announced": _announced,
    "refused": _refused,
    "received": _received,
}


def text(kind: str, language: str, *, live: Sequence[int], gone: Sequence[int]) -> str:
    """A ready answer about these item numbers. Raises KeyError for a kind or language that is not there."""
    everything = compress([*live, *gone])
    english, korean = TEXTS[kind](everything, compress(live), compress(gone), len({*live, *gone}))
    greeting = {"en": "Hello,", "ko": "안녕하세요."}[language]
    return f"{greeting}\n\n{korean if language == 'ko' else english}\n\n{SIGNATURE[language]}"
