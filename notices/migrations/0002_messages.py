"""Messages to liaisons that wait for approval are news, too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="news",
            name="news_kind_known",
        ),
        migrations.AlterField(
            model_name="choice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("reply", "A reply has come in"),
                    ("approval", "A request waits for approval"),
                    ("message", "A message to a liaison waits for approval"),
                    ("deadline_near", "A deadline is near"),
                    ("deadline_passed", "A deadline has passed"),
                    ("letter", "A letter needs a person: stuck, uncertain, refused, returned, or for a web form"),
                    ("came_back", "An item is there again"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="news",
            name="kind",
            field=models.CharField(
                choices=[
                    ("reply", "A reply has come in"),
                    ("approval", "A request waits for approval"),
                    ("message", "A message to a liaison waits for approval"),
                    ("deadline_near", "A deadline is near"),
                    ("deadline_passed", "A deadline has passed"),
                    ("letter", "A letter needs a person: stuck, uncertain, refused, returned, or for a web form"),
                    ("came_back", "An item is there again"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="news",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["reply", "approval", "message", "deadline_near", "deadline_passed", "letter", "came_back"],
                    )
                ),
                name="news_kind_known",
            ),
        ),
    ]
