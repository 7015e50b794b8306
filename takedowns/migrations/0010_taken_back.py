"""Accepted answers that a person takes back: a fact of its own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def narrow(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON takedowns_takenback FROM {role}")


class Migration(migrations.Migration):
    dependencies = [
        ("takedowns", "0009_manual_delivery"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TakenBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="claim",
            name="claim_decided_by_whom_and_when",
        ),
        migrations.AlterField(
            model_name="claim",
            name="status",
            field=models.CharField(
                choices=[
                    ("proposed", "Proposed"),
                    ("accepted", "Accepted"),
                    ("rejected", "Rejected"),
                    ("taken_back", "Taken back"),
                ],
                default="proposed",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None), ("decided_by", None), ("decided_by_rule", False), ("status", "proposed")
                    ),
                    models.Q(
                        models.Q(("status", "proposed"), _negated=True),
                        ("decided_at__isnull", False),
                        models.Q(
                            models.Q(("decided_by__isnull", False), ("decided_by_rule", False)),
                            models.Q(
                                ("decided_by", None),
                                ("decided_by_rule", True),
                                ("status__in", ["accepted", "taken_back"]),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="claim_decided_by_whom_and_when",
            ),
        ),
        migrations.AddField(
            model_name="takenback",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="takenback",
            name="claim",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="taken_back", to="takedowns.claim"
            ),
        ),
        migrations.RunPython(narrow, migrations.RunPython.noop),
    ]
