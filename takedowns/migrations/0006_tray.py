"""Mail that found no request: filed by a person, set aside, moved on. What was set aside stays written down."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def narrow(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON takedowns_setaside FROM {role}")
    schema_editor.execute(f"GRANT UPDATE (back_at, back_by_id) ON takedowns_setaside TO {role}")


def widen(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"GRANT UPDATE, DELETE ON takedowns_setaside TO {role}")


class Migration(migrations.Migration):
    dependencies = [
        ("mailroom", "0007_filed_by_a_person"),
        ("takedowns", "0005_contact_tests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SetAside",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                ("back_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="reply",
            name="reply_filed_once",
        ),
        migrations.AddField(
            model_name="reply",
            name="filed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="moved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="reply",
            name="moved_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="moved_from",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="moved_to", to="takedowns.reply"
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="moved_why",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(
                condition=models.Q(("moved_at", None)), fields=("incoming", "request"), name="reply_filed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("moved_at", None), ("moved_by", None), ("moved_why", "")),
                    models.Q(
                        ("handled_at__isnull", False),
                        ("moved_at__isnull", False),
                        ("moved_by__isnull", False),
                        models.Q(("moved_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="reply_moved_by_whom_when_and_why",
            ),
        ),
        migrations.AddField(
            model_name="setaside",
            name="back_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="setaside",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="setaside",
            name="incoming",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="set_asides", to="mailroom.incomingmail"
            ),
        ),
        migrations.AddConstraint(
            model_name="setaside",
            constraint=models.UniqueConstraint(
                condition=models.Q(("back_at", None)), fields=("incoming",), name="set_aside_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="setaside",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="set_aside_with_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="setaside",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("back_at", None), ("back_by", None)),
                    models.Q(("back_at__isnull", False), ("back_by__isnull", False)),
                    _connector="OR",
                ),
                name="set_aside_back_by_whom_and_when",
            ),
        ),
        migrations.RunPython(narrow, widen),
    ]
