from django.apps import AppConfig
from django.core.checks import Tags, register

from platforms.fetching import refuse_pins_in_production


class PlatformsConfig(AppConfig):
    name = "platforms"

    def ready(self) -> None:
        register(refuse_pins_in_production, Tags.security, deploy=True)
