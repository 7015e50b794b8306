"""What a letter says, and what came in, cannot be changed or taken away by the app's own role.

Of the outbox it may write how far a letter has come; of raw mail and deliveries nothing at all.
"""

from django.conf import settings
from django.db import migrations

NEVER_DELETED = [
    "mailroom_outgoingmail", "mailroom_sendattempt", "mailroom_uncertaindecision", "mailroom_rawmail",
    "mailroom_delivery", "mailroom_incomingmail", "mailroom_incomingmatch",
]  # fmt: skip
NEVER_CHANGED = ["mailroom_uncertaindecision", "mailroom_rawmail", "mailroom_delivery", "mailroom_incomingmatch"]
PROGRESS = [
    "state", "phase", "lease_until", "lease_token", "attempts", "next_attempt_at", "last_ending", "smtp_code", "smtp_text",
    "accepted_at", "rejected_at", "uncertain_at", "archived_at",
]  # fmt: skip


def narrow(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"REVOKE DELETE, TRUNCATE ON {', '.join(NEVER_DELETED)} FROM {role}")
    # Of these every row is locked by nobody: a lock needs the right to update.
    schema_editor.execute(f"REVOKE UPDATE ON {', '.join(NEVER_CHANGED)} FROM {role}")
    schema_editor.execute(f"REVOKE UPDATE ON mailroom_outgoingmail FROM {role}")
    schema_editor.execute(f"GRANT UPDATE ({', '.join(PROGRESS)}) ON mailroom_outgoingmail TO {role}")


def widen(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"GRANT UPDATE, DELETE ON {', '.join(NEVER_DELETED)} TO {role}")


class Migration(migrations.Migration):
    dependencies = [("mailroom", "0001_initial")]

    operations = [migrations.RunPython(narrow, widen)]
