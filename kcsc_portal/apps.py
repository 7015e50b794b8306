from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """Static files without what only keeps them: the refresh script and the checksums are not for browsers."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "*.py", "__pycache__", "SHA256SUMS"]
