"""Letters that no mail carries: a person enters them into a web form."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailroom", "0010_plain_words"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="outgoingmail",
            name="outgoing_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="outgoingmail",
            name="outgoing_one_recipient",
        ),
        migrations.RemoveConstraint(
            model_name="outgoingmail",
            name="outgoing_accepted_has_time",
        ),
        migrations.AlterField(
            model_name="outgoingmail",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Waiting to leave"),
                    ("sending", "Leaving"),
                    ("accepted", "Taken by the mail server"),
                    ("rejected", "Refused by the mail server"),
                    ("uncertain", "Uncertain"),
                    ("by_hand", "To be entered in the web form"),
                    ("handed", "Entered in the web form"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["queued", "sending", "accepted", "rejected", "uncertain", "by_hand", "handed"])
                ),
                name="outgoing_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("recipient__regex", "^[^@,;<>\\s]+@[^@,;<>\\s]+$"),
                        models.Q(("state__in", ["by_hand", "handed"]), _negated=True),
                    ),
                    models.Q(("recipient__startswith", "https://"), ("state__in", ["by_hand", "handed"])),
                    _connector="OR",
                ),
                name="outgoing_one_recipient",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted_at__isnull", False), ("state__in", ["accepted", "handed"])),
                    models.Q(
                        models.Q(("state__in", ["accepted", "handed"]), _negated=True), ("accepted_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="outgoing_accepted_has_time",
            ),
        ),
    ]
