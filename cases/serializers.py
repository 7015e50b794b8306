"""Shapes of the API: what partners send and what they read back. Nothing is decided here."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cases.forms.reports import check_moments
from cases.models import Report, ReportLine
from cases.rules import why_not_links
from cases.states import ReportStatus, Severity
from cases.words import LINK_ERRORS


class PlaceSerializer(serializers.Serializer):
    """A link as the portal understands it."""

    platform = serializers.CharField(source="organisation.code")
    kind = serializers.CharField()
    url = serializers.CharField(help_text="Empty for a phone number, which is kept sealed.")


class LineErrorSerializer(serializers.Serializer):
    code = serializers.ChoiceField(choices=sorted(LINK_ERRORS))
    message = serializers.CharField()


class LineSerializer(serializers.Serializer):
    """One line: where it leads, or why it is no link."""

    n = serializers.IntegerField(help_text="Number among the links that were sent, from 1.")
    locator = PlaceSerializer(allow_null=True)
    error = serializers.SerializerMethodField()

    @extend_schema_field(LineErrorSerializer(allow_null=True))
    def get_error(self, line: ReportLine) -> dict[str, str] | None:
        if not line.error:
            return None
        return {"code": line.error, "message": str(LINK_ERRORS[line.error])}


class ReportSerializer(serializers.ModelSerializer):
    """One's own report. It says nothing of what else is known of its links."""

    status = serializers.ChoiceField(choices=ReportStatus.choices)
    severity = serializers.ChoiceField(choices=Severity.choices)
    institution = serializers.CharField(source="institution.name", default=None, allow_null=True)
    lines = LineSerializer(many=True)

    class Meta:
        model = Report
        fields = (
            "id",
            "number",
            "status",
            "source_reference",
            "severity",
            "institution",
            "occurred_at",
            "received_at",
            "recorded_at",
            "submission_key",
            "lines",
        )
        read_only_fields = fields


class NewReportSerializer(serializers.Serializer):
    """A report to record: `links` or `text`, up to 200 links."""

    links = serializers.ListField(
        child=serializers.CharField(max_length=4000, allow_blank=True), required=False, help_text="One link each."
    )
    text = serializers.CharField(required=False, help_text="Instead of `links`: one link a line.")
    source_reference = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    occurred_at = serializers.DateTimeField(required=False, default=None, allow_null=True)
    received_at = serializers.DateTimeField(
        required=False, default=None, allow_null=True, help_text="When it came to you; now when left out."
    )
    severity = serializers.ChoiceField(choices=Severity.choices, required=False, default=Severity.NORMAL)
    words = serializers.CharField(
        max_length=20_000, required=False, default="", allow_blank=True, help_text="What was said. Kept sealed."
    )
    institution = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    submission_key = serializers.UUIDField(
        required=False, default=None, allow_null=True, help_text="Yours: the same key again gives the same report."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        field = "text" if "text" in attrs else "links"
        given = attrs.pop("links", None)
        attrs["text"] = attrs.get("text", "") if given is None else "\n".join([*given, attrs.get("text", "")])
        errors: dict[str, Any] = dict(check_moments(attrs["occurred_at"], attrs["received_at"]))
        if problems := why_not_links(attrs["text"]):
            errors[field] = problems
        if errors:
            raise serializers.ValidationError(errors)
        return attrs
