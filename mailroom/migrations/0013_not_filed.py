"""Mails that could be read and not be filed are given up as well, with an alarm."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailroom", "0012_plainer_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="alarm",
            name="alarm_known",
        ),
        migrations.AlterField(
            model_name="alarm",
            name="kind",
            field=models.CharField(
                choices=[
                    ("letter_refused", "A letter was refused for good."),
                    ("letter_resent", "A letter was sent once more by itself."),
                    ("letter_doubled", "A letter that was sent once more seems to have left twice."),
                    ("domain_stopped", "Letters to a domain were stopped."),
                    ("archive_refused", "The mail server refuses our archive's address."),
                    ("archive_silent", "Mail to ourselves does not come back."),
                    ("own_loop", "Our own mail came back."),
                    ("mail_not_filed", "A mail could not be filed: something in the portal failed."),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="incomingmail",
            name="state",
            field=models.CharField(
                choices=[("waiting", "Waiting to be read"), ("parsed", "Read"), ("poison", "Given up")],
                default="waiting",
                max_length=10,
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
                    ("not_filed", "It could not be filed: something in the portal failed, again and again."),
                ],
                default="",
                max_length=20,
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
                            "mail_not_filed",
                        ],
                    )
                ),
                name="alarm_known",
            ),
        ),
    ]
