"""A match can be a person's word."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailroom", "0006_authentication"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="incomingmail",
            name="incoming_matched_by_known",
        ),
        migrations.RemoveConstraint(
            model_name="incomingmatch",
            name="match_how_known",
        ),
        migrations.AlterField(
            model_name="incomingmail",
            name="matched_by",
            field=models.CharField(
                choices=[
                    ("token", "Reply address"),
                    ("verp", "Return address"),
                    ("in_reply_to", "Answers our message"),
                    ("references", "Belongs to the thread of our message"),
                    ("person", "Filed by a person"),
                    ("none", "Nothing"),
                ],
                default="none",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="incomingmatch",
            name="how",
            field=models.CharField(
                choices=[
                    ("token", "Reply address"),
                    ("verp", "Return address"),
                    ("in_reply_to", "Answers our message"),
                    ("references", "Belongs to the thread of our message"),
                    ("person", "Filed by a person"),
                    ("none", "Nothing"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="incomingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("matched_by__in", ["token", "verp", "in_reply_to", "references", "person", "none"])
                ),
                name="incoming_matched_by_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomingmatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("how__in", ["token", "verp", "in_reply_to", "references", "person", "none"]),
                    models.Q(("how", "none"), _negated=True),
                ),
                name="match_how_known",
            ),
        ),
    ]
