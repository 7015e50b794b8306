"""The people of the story: who logs in as what. `manage.py seed_story` makes them, `make run` prints them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    role: str  # a value of accounts.states.Role
    username: str
    name: str
    romanised: str
    language: str = "ko"


TEAM_KO = "디지털성범죄대응팀"
TEAM_EN = "Digital Sex-Crime Response Team"

CAST = (
    Person("intake", "hana", "김하나", "Kim Hana"),
    Person("analyst", "minseo", "이민서", "Lee Minseo"),
    Person("supervisor", "soyeon", "박소연", "Park Soyeon"),
    Person("auditor", "taeho", "정태호", "Jung Taeho"),
    Person("administrator", "yuna", "최유나", "Choi Yuna"),
    Person("privacy_officer", "dohyun", "윤도현", "Yoon Dohyun"),
)
