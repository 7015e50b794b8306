"""The one way in which a service says no."""


class Refused(Exception):
    """A rule forbids the act. `reason` is a translated sentence for the person who tried."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
