"""Labels in plainer words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailroom", "0011_letters_by_hand"),
    ]

    operations = [
        migrations.AlterField(
            model_name="incomingmail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("ordinary", "Mail"),
                    ("auto_reply", "Automatic reply"),
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
        migrations.AlterField(
            model_name="outgoingmail",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Waiting to leave"),
                    ("sending", "Leaving"),
                    ("accepted", "Sent"),
                    ("rejected", "Refused by the mail server"),
                    ("uncertain", "Uncertain"),
                    ("by_hand", "To be entered in the web form"),
                    ("handed", "Entered in the web form"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
    ]
