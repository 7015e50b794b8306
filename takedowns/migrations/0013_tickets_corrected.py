"""Ticket numbers that were recorded wrongly: the right one is a fact of its own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def narrow(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON takedowns_ticketcorrection FROM {role}")


class Migration(migrations.Migration):
    dependencies = [
        ("takedowns", "0012_deadline_from_delivery"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TicketCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ticket", models.CharField(blank=True, max_length=100)),
                ("ticket_key", models.CharField(blank=True, db_index=True, max_length=100)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="takedowns.manualdelivery",
                    ),
                ),
            ],
            options={"ordering": ["at", "id"]},
        ),
        migrations.RunPython(narrow, migrations.RunPython.noop),
    ]
