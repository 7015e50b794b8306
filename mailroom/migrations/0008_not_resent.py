from django.conf import settings
from django.db import migrations, models


def widen(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"GRANT UPDATE (not_resent) ON mailroom_outgoingmail TO {role}")


def narrow(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"REVOKE UPDATE (not_resent) ON mailroom_outgoingmail FROM {role}")


class Migration(migrations.Migration):
    dependencies = [
        ("mailroom", "0007_filed_by_a_person"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="not_resent",
            field=models.CharField(
                blank=True,
                choices=[
                    ("switched_off", "Sending again by itself is switched off."),
                    ("resent_before", "It was sent once more by itself already."),
                    ("distrust", "Another letter left twice. Until a person closes that alarm, nothing is sent again."),
                    ("archive_refused", "The mail server refused the archive's address, so no copy could come."),
                    ("copy_differs", "A mail with its Message-ID came in."),
                    ("answered", "A mail about it came in."),
                    ("too_early", "Its archive copy can still come."),
                    ("mail_unread", "There is mail for the archive that has not been read, or cannot be."),
                    ("door_closed", "Our own mail door is closed or was closed a short time ago."),
                    ("no_canary", "No mail to ourselves has left and come back since."),
                    (
                        "copies_missing",
                        "Other letters and mails to ourselves of that time have no archive copy either.",
                    ),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["received_at"], name="delivery_received"),
        ),
        migrations.AddConstraint(
            model_name="outgoingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "not_resent__in",
                        [
                            "switched_off",
                            "resent_before",
                            "distrust",
                            "archive_refused",
                            "copy_differs",
                            "answered",
                            "too_early",
                            "mail_unread",
                            "door_closed",
                            "no_canary",
                            "copies_missing",
                            "",
                        ],
                    )
                ),
                name="outgoing_not_resent_known",
            ),
        ),
        migrations.RunPython(widen, narrow),
    ]
