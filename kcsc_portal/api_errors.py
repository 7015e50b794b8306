"""What programs are told when something goes wrong."""

from typing import Any

from django.http import Http404
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import exception_handler


def tell(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's own answer, but for a missing row: Django's sentence names our table, in English only."""
    return exception_handler(NotFound() if isinstance(error, Http404) else error, context)
