from typing import Any

from django.db.models import Model


class KeysRouter:
    """The wrapped keys live in a database of their own, and nothing else lives there."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        return "keys" if model._meta.app_label == "keys" else None

    db_for_write = db_for_read

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool | None:
        return (
            None
            if one._meta.app_label == other._meta.app_label
            else "keys"
            not in (
                one._meta.app_label,
                other._meta.app_label,
            )
        )

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (db == "keys") == (app_label == "keys")
