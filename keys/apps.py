from django.apps import AppConfig
from django.core.checks import Tags, register

from keys.checks import check_secrets


class KeysConfig(AppConfig):
    name = "keys"

    def ready(self) -> None:
        register(check_secrets, Tags.security, deploy=True)
