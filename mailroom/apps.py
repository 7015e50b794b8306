from django.apps import AppConfig
from django.core.checks import Tags, register

from mailroom.resolving import refuse_files_in_production


class MailroomConfig(AppConfig):
    name = "mailroom"

    def ready(self) -> None:
        register(refuse_files_in_production, Tags.security, deploy=True)
