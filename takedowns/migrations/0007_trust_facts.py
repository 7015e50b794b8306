"""What speaks for a reply's sender and against, and claims that a rule recorded."""

from django.conf import settings
from django.db import migrations, models


def propose_again(apps, schema_editor):
    """On the way back: what nobody decided is a proposal."""
    schema_editor.execute("UPDATE takedowns_claim SET status = 'proposed', decided_at = NULL WHERE decided_by_rule")


class Migration(migrations.Migration):
    dependencies = [
        ("takedowns", "0006_tray"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="claim",
            name="claim_decided_by_whom_and_when",
        ),
        migrations.AddField(
            model_name="claim",
            name="decided_by_rule",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="reply",
            name="trust_facts",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AlterField(
            model_name="reply",
            name="trust",
            field=models.CharField(
                choices=[
                    ("verified", "Listed sender, verified"),
                    ("unverified", "Listed sender, not yet verified"),
                    ("stranger", "Sender is not a contact of this platform"),
                    ("defective", "Sender cannot be read safely"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None), ("decided_by", None), ("decided_by_rule", False), ("status", "proposed")
                    ),
                    models.Q(
                        models.Q(("status", "proposed"), _negated=True),
                        ("decided_at__isnull", False),
                        models.Q(
                            models.Q(("decided_by__isnull", False), ("decided_by_rule", False)),
                            models.Q(("decided_by", None), ("decided_by_rule", True), ("status", "accepted")),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="claim_decided_by_whom_and_when",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, propose_again),
    ]
