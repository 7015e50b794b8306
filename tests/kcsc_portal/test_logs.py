"""What people search for never reaches the logs."""

import logging

import pytest


@pytest.mark.django_db
def test_the_query_string_stays_out(cast, client, caplog) -> None:
    client.force_login(cast.analyst)
    with caplog.at_level(logging.INFO):
        client.get("/reports/", {"q": "portal_demo_room"})
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert "GET /reports/" in told
    assert "portal_demo_room" not in told
