"""/healthz: is it up, for load balancers and scripts. Needs no login and tells no secret."""

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connections
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when both databases answer; without the broker the portal works on, so that is 200, `degraded`. Else 503."""
    database, keys, broker = _database("default"), _database("keys"), _broker()
    up = database and keys
    words = {True: "ok", False: "down"}
    return JsonResponse(
        {
            "status": ("ok" if broker else "degraded") if up else "down",
            "database": words[database],
            "keys_database": words[keys],
            "broker": words[broker],
        },
        status=200 if up else 503,
        headers={"Cache-Control": "no-store"},
    )


def _database(alias: str) -> bool:
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker() -> bool:
    try:
        with redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_connect_timeout=1, socket_timeout=1) as broker:
            return bool(broker.ping())
    except redis.RedisError:
        return False
