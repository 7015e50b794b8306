from django.urls import path

from cases.views import cases, items, reports, triage

app_name = "cases"

urlpatterns = [
    path("reports/", triage.reports, name="reports"),
    path("reports/new/", reports.new, name="report_new"),
    path("reports/known/", reports.known, name="known"),
    path("reports/group/", triage.group, name="group"),
    path("reports/<uuid:pk>/", reports.show, name="report"),
    path("reports/<uuid:pk>/words/", reports.words, name="report_words"),
    path("reports/<uuid:pk>/set-aside/", triage.set_aside, name="set_aside"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<uuid:pk>/", cases.case, name="case"),
    path("cases/<uuid:pk>/close/", cases.close, name="close"),
    path("cases/<uuid:pk>/reopen/", cases.reopen, name="reopen"),
    path("cases/<uuid:pk>/check/", cases.check_now, name="check_now"),
    path("cases/<uuid:pk>/outcome/", cases.outcome, name="outcome"),
    path("cases/<uuid:pk>/items/<uuid:item_pk>/", items.item, name="item"),
    path("cases/<uuid:pk>/items/<uuid:item_pk>/sighting/", items.record_sighting, name="record_sighting"),
    path("cases/<uuid:pk>/items/<uuid:item_pk>/check/", items.record_check, name="record_check"),
    path("cases/<uuid:pk>/items/<uuid:item_pk>/outcome/", items.record_outcome, name="record_outcome"),
]
