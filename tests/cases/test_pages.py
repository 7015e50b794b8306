"""The pages of reports, cases and items, through their addresses."""

import pytest

from tests.cases.reporting import case_with, reported

pytestmark = pytest.mark.django_db


def test_smoke(cast, client):
    case = case_with(cast, 3)
    report = reported(cast)
    client.force_login(cast.analyst)
    item = case.items.first()
    for url in [
        "/",
        "/reports/",
        "/reports/new/",
        f"/reports/{report.pk}/",
        "/cases/",
        f"/cases/{case.pk}/",
        f"/cases/{case.pk}/outcome/",
        f"/cases/{case.pk}/items/{item.pk}/",
        "/waiting/replies/",
        "/waiting/letters/",
        "/waiting/contradicted/",
    ]:
        answer = client.get(url)
        assert answer.status_code == 200, url
    client.force_login(cast.supervisor)
    assert client.get("/overview/").status_code == 200
    client.force_login(cast.auditor)
    assert client.get("/audit/").status_code == 200
    assert client.get("/").status_code == 200
