from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """Static files without what is not for browsers (the refresh script, the checksums) or for no page of ours."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("*.py", "__pycache__", "SHA256SUMS"),
        *("redoc", "rest_framework", "htmx-4*", "htmax-*", "htmx-1*"),
    ]
