"""The people of the story: who logs in as what. `manage.py seed_story` makes them, `make run` prints them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    role: str  # a value of accounts.states.Role
    username: str
    name: str
    language: str = "ko"


TEAM_KO = "디지털성범죄대응팀"
TEAM_EN = "Digital Sex-Crime Response Team"

CAST = (
    Person("intake", "hana", "김하나"),
    Person("analyst", "minseo", "이민서"),
    Person("supervisor", "soyeon", "박소연"),
    Person("auditor", "taeho", "정태호"),
    Person("administrator", "yuna", "최유나"),
    Person("privacy_officer", "dohyun", "윤도현"),
)
