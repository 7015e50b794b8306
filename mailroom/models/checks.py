"""What the database's checks of both boxes have in common."""

from django.db import models
from django.db.models import Q

SHA256 = r"^[0-9a-f]{64}$"


def one_of(field: str, choices: type[models.TextChoices], *, blank: bool = False) -> Q:
    """The field holds one of the codes, or nothing where `blank`."""
    return Q(**{f"{field}__in": [*choices.values, *([""] if blank else [])]})
