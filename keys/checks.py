"""`check --deploy`: nothing can be sealed or opened without these secrets."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from keys import wrapping
from keys.errors import MasterKeysMissing


def check_secrets(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found = [
        _complaint(wrapping.current, "keys.E001"),
        _complaint(wrapping.blind_index_key, "keys.E002"),
        _complaint(_secret_key, "keys.E003"),
    ]
    return [message for message in found if message]


def _complaint(ask: Callable[[], object], code: str) -> CheckMessage | None:
    try:
        ask()
    except (MasterKeysMissing, ImproperlyConfigured) as error:
        return Error(str(error), id=code)
    return None


def _secret_key() -> None:
    if not settings.SECRET_KEY:
        raise ImproperlyConfigured("SECRET_KEY is missing.")
