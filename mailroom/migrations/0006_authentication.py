"""Whether a mail comes from the domain of its sender, as it was found when the mail was filed."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailroom", "0005_the_post"),
    ]

    operations = [
        migrations.AddField(
            model_name="incomingmail",
            name="authenticated_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="incomingmail",
            name="authenticated_by",
            field=models.CharField(blank=True, default="", max_length=255),
        ),
        migrations.AddField(
            model_name="incomingmail",
            name="authentication",
            field=models.CharField(
                blank=True,
                choices=[
                    ("signed", "The sender's domain signed it, and the signature holds."),
                    ("border", "Our own mail server found it to come from the sender's domain."),
                    ("unsigned", "It bears no signature."),
                    ("unaligned", "It is signed by another domain than the sender's."),
                    ("broken", "Its signature does not hold."),
                    ("cut", "Its signature covers only the beginning: words could have been added below."),
                    ("no_key_now", "The sender's key could not be looked up."),
                    ("undecided", "Verifying its signature took too much."),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="incomingmail",
            name="loose_lines",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), blank=True, default=list, size=None
            ),
        ),
        migrations.AddConstraint(
            model_name="incomingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "authentication__in",
                        ["signed", "border", "unsigned", "unaligned", "broken", "cut", "no_key_now", "undecided", ""],
                    )
                ),
                name="incoming_authentication_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("authenticated_at__isnull", True), ("authentication", "")),
                    models.Q(models.Q(("authentication", ""), _negated=True), ("authenticated_at__isnull", False)),
                    _connector="OR",
                ),
                name="incoming_authentication_has_time",
            ),
        ),
    ]
