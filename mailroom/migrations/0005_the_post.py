import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models


NEVER_DELETED = ["mailroom_domainstate", "mailroom_domaintrouble", "mailroom_canary", "mailroom_alarm"]
MAY_CHANGE = {
    "mailroom_domaintrouble": [],
    "mailroom_canary": ["left_at", "smtp_code", "smtp_text", "arrived_at"],
    "mailroom_alarm": ["closed_at", "closed_by_id", "reason"],
}


def narrow(apps, schema_editor):
    """The app's role writes how far each has come, and nothing else; it drops signs of life only."""
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"REVOKE DELETE, TRUNCATE ON {', '.join(NEVER_DELETED)} FROM {role}")
    for table, columns in MAY_CHANGE.items():
        schema_editor.execute(f"REVOKE UPDATE ON {table} FROM {role}")
        if columns:
            schema_editor.execute(f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {role}")
    schema_editor.execute(f"GRANT UPDATE (resent_at) ON mailroom_outgoingmail TO {role}")


def widen(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"REVOKE UPDATE (resent_at) ON mailroom_outgoingmail FROM {role}")
    schema_editor.execute(f"GRANT UPDATE, DELETE ON {', '.join(NEVER_DELETED)} TO {role}")


class Migration(migrations.Migration):
    dependencies = [
        ("mailroom", "0004_fetched"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("letter_refused", "A letter was refused for good."),
                            ("letter_resent", "A letter was sent once more by itself."),
                            ("letter_doubled", "A letter that was sent once more seems to have left twice."),
                            ("domain_stopped", "Letters to a domain were stopped."),
                            ("archive_refused", "The mail server refuses our archive's address."),
                            ("archive_silent", "Mail to ourselves does not come back."),
                            ("own_loop", "Our own mail came back."),
                        ],
                        max_length=20,
                    ),
                ),
                ("domain", models.CharField(blank=True, default="", max_length=253)),
                ("raised_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.TextField(blank=True, default="")),
            ],
            options={
                "verbose_name": "alarm of the post office",
                "verbose_name_plural": "alarms of the post office",
                "ordering": ["raised_at"],
            },
        ),
        migrations.CreateModel(
            name="Canary",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token", models.CharField(max_length=32, unique=True)),
                ("message_id", models.CharField(max_length=255, unique=True)),
                ("content", models.BinaryField()),
                ("relay", models.CharField(max_length=300)),
                ("begun_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                ("smtp_code", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("smtp_text", models.CharField(blank=True, default="", max_length=500)),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "mail to ourselves",
                "verbose_name_plural": "mails to ourselves",
                "ordering": ["begun_at"],
            },
        ),
        migrations.CreateModel(
            name="DomainState",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("domain", models.CharField(max_length=253, unique=True)),
                ("next_slot_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "state",
                    models.CharField(
                        choices=[("closed", "Letters leave"), ("open", "Stopped"), ("half_open", "One letter tries")],
                        default="closed",
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("retry_at", models.DateTimeField(blank=True, null=True)),
                ("openings", models.PositiveSmallIntegerField(default=0)),
                ("probe", models.UUIDField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("trial_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "domain that letters go to",
                "verbose_name_plural": "domains that letters go to",
                "ordering": ["domain"],
            },
        ),
        migrations.CreateModel(
            name="DomainTrouble",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.CharField(max_length=253)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("refused", "Refused"),
                            ("put_off", "Put off"),
                            ("broken_off", "Broken off"),
                            ("bounced", "Returned"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "trouble with a domain",
                "verbose_name_plural": "troubles with domains",
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Pulse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("sender", "Sender"),
                            ("door", "Mail door"),
                            ("fetcher", "Mailbox fetcher"),
                            ("reader", "Reader"),
                        ],
                        max_length=10,
                    ),
                ),
                ("place", models.CharField(max_length=200)),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("beat_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("steady_since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "sign of life",
                "verbose_name_plural": "signs of life",
                "ordering": ["part", "place"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="incomingmail",
            name="incoming_kind_known",
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="domain",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Lower(
                    models.Func(models.F("recipient"), models.Value("@"), models.Value(2), function="SPLIT_PART")
                ),
                output_field=models.CharField(max_length=254),
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="resent_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="sendattempt",
            name="relay",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AddField(
            model_name="sendattempt",
            name="step",
            field=models.CharField(
                blank=True,
                choices=[
                    ("connect", "Greeting and log-in"),
                    ("sender", "Our address"),
                    ("recipient", "The recipient's address"),
                    ("archive", "The archive's address"),
                    ("data", "Before the letter"),
                    ("content", "The letter itself"),
                ],
                default="",
                max_length=10,
            ),
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
                    ("canary", "Mail to ourselves"),
                ],
                default="ordinary",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("archived_at__isnull", True), ("state", "accepted")),
                fields=["accepted_at"],
                name="outgoing_without_copy",
            ),
        ),
        migrations.AddIndex(
            model_name="sendattempt",
            index=models.Index(fields=["ended_at"], name="attempt_ended"),
        ),
        migrations.AddConstraint(
            model_name="incomingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "ordinary",
                            "auto_reply",
                            "bounce",
                            "delay",
                            "archive_copy",
                            "archive_fail",
                            "own_loop",
                            "canary",
                        ],
                    )
                ),
                name="incoming_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sendattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__in", ["connect", "sender", "recipient", "archive", "data", "content", ""])),
                name="attempt_step_known",
            ),
        ),
        migrations.AddField(
            model_name="alarm",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="alarm",
            name="mail",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alarms",
                to="mailroom.outgoingmail",
            ),
        ),
        migrations.AddIndex(
            model_name="canary",
            index=models.Index(fields=["begun_at"], name="canary_begun"),
        ),
        migrations.AddIndex(
            model_name="canary",
            index=models.Index(fields=["left_at"], name="canary_left"),
        ),
        migrations.AddConstraint(
            model_name="canary",
            constraint=models.CheckConstraint(
                condition=models.Q(("token__regex", "^[abcdefghijkmnpqrstuvwxyz23456789]{18}$")),
                name="canary_token_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="canary",
            constraint=models.CheckConstraint(
                condition=models.Q(("arrived_at__isnull", True), ("left_at__isnull", False), _connector="OR"),
                name="canary_arrived_after_leaving",
            ),
        ),
        migrations.AddConstraint(
            model_name="domainstate",
            constraint=models.CheckConstraint(
                condition=models.Q(("domain__regex", "^[^\\sA-Z@]+$")), name="domain_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="domainstate",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["closed", "open", "half_open"])), name="domain_breaker_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="domainstate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "open"), _negated=True),
                    models.Q(("opened_at__isnull", False), ("retry_at__isnull", False)),
                    _connector="OR",
                ),
                name="domain_open_has_retry",
            ),
        ),
        migrations.AddConstraint(
            model_name="domainstate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("probe__isnull", False), ("state", "half_open")),
                    models.Q(models.Q(("state", "half_open"), _negated=True), ("probe__isnull", True)),
                    _connector="OR",
                ),
                name="domain_probe_while_half_open",
            ),
        ),
        migrations.AddField(
            model_name="domaintrouble",
            name="mail",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="troubles", to="mailroom.outgoingmail"
            ),
        ),
        migrations.AddConstraint(
            model_name="pulse",
            constraint=models.UniqueConstraint(fields=("part", "place"), name="pulse_once"),
        ),
        migrations.AddConstraint(
            model_name="pulse",
            constraint=models.CheckConstraint(
                condition=models.Q(("part__in", ["sender", "door", "fetcher", "reader"])), name="pulse_part_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "letter_refused",
                            "letter_resent",
                            "letter_doubled",
                            "domain_stopped",
                            "archive_refused",
                            "archive_silent",
                            "own_loop",
                        ],
                    )
                ),
                name="alarm_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)),
                fields=("kind", "mail", "domain"),
                name="alarm_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_by__isnull", True), ("reason", "")),
                    models.Q(("closed_at__isnull", False), ("reason__gt", "")),
                    _connector="OR",
                ),
                name="alarm_closed_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="domaintrouble",
            index=models.Index(fields=["domain", "at"], name="trouble_of_domain"),
        ),
        migrations.AddConstraint(
            model_name="domaintrouble",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["refused", "put_off", "broken_off", "bounced"])), name="trouble_known"
            ),
        ),
        migrations.RunPython(narrow, widen),
    ]
