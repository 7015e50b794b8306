"""What mail servers report about our letters, recipient by recipient. The app's role never takes one back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def narrow(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON mailroom_deliveryreport FROM {role}")
    # It may begin to count, when the same bytes come to the letter's return address later.
    schema_editor.execute(f"GRANT UPDATE (about, outgoing_id) ON mailroom_deliveryreport TO {role}")


def widen(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"GRANT UPDATE, DELETE ON mailroom_deliveryreport TO {role}")


class Migration(migrations.Migration):
    dependencies = [
        ("mailroom", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeliveryReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n", models.PositiveSmallIntegerField()),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("recipient", "The letter's recipient"),
                            ("archive", "Our archive"),
                            ("other", "Somebody else"),
                        ],
                        default="other",
                        max_length=10,
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("failed", "Not delivered"),
                            ("delayed", "Delayed, not failed"),
                            ("delivered", "Delivered"),
                            ("relayed", "Passed on"),
                            ("expanded", "Delivered to a list"),
                        ],
                        max_length=10,
                    ),
                ),
                ("status", models.CharField(blank=True, default="", max_length=9)),
                ("final_recipient", models.CharField(blank=True, default="", max_length=254)),
                ("original_recipient", models.CharField(blank=True, default="", max_length=254)),
                ("diagnostic", models.CharField(blank=True, default="", max_length=500)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("fields", "Fields of a delivery report"),
                            ("header", "A header of the mail"),
                            ("words", "The words of the mail"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery report",
                "verbose_name_plural": "delivery reports",
                "ordering": ["incoming", "n"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="incomingmail",
            name="incoming_kind_known",
        ),
        migrations.AlterField(
            model_name="incomingmail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("ordinary", "Mail"),
                    ("auto_reply", "Automatic answer"),
                    ("bounce", "Delivery report"),
                    ("delay", "Delivery delayed"),
                    ("archive_copy", "Archive copy"),
                    ("archive_fail", "Delivery report about our archive"),
                    ("own_loop", "Our own mail came back"),
                ],
                default="ordinary",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="incomingmail",
            name="unreadable",
            field=models.CharField(
                blank=True,
                choices=[
                    ("too_deep", "Its parts are nested too deeply."),
                    ("too_many_parts", "It has too many parts."),
                    ("headers_too_long", "Its head is too long."),
                    ("too_large", "It is too large."),
                    ("key_destroyed", "Its key was destroyed."),
                    ("out_of_time", "Reading it took too long."),
                    ("child_died", "Reading it took too much, or failed."),
                    ("bad_output", "What was read from it made no sense."),
                    ("interrupted", "Reading it was interrupted again and again."),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="incomingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["ordinary", "auto_reply", "bounce", "delay", "archive_copy", "archive_fail", "own_loop"],
                    )
                ),
                name="incoming_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="deliveryreport",
            name="incoming",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="mailroom.incomingmail"
            ),
        ),
        migrations.AddField(
            model_name="deliveryreport",
            name="outgoing",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="mailroom.outgoingmail",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryreport",
            constraint=models.UniqueConstraint(fields=("incoming", "n"), name="report_number_once"),
        ),
        migrations.AddConstraint(
            model_name="deliveryreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("about__in", ["recipient", "archive", "other"])), name="report_about_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("action__in", ["failed", "delayed", "delivered", "relayed", "expanded"])),
                name="report_action_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["fields", "header", "words"])), name="report_source_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("about", "other"), ("outgoing__isnull", True)),
                    models.Q(models.Q(("about", "other"), _negated=True), ("outgoing__isnull", False)),
                    _connector="OR",
                ),
                name="report_counts_for_a_letter",
            ),
        ),
        migrations.RunPython(narrow, widen),
    ]
