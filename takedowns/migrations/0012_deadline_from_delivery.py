"""A letter to a web form has its deadline from when it is entered there, and none before."""

from django.db import migrations, models

# In place of a CHECK: that a letter goes to a form stands in its wording.
ASKS = """
CREATE FUNCTION takedowns_deadline() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NEW.kind IN ('request', 'follow_up') AND NEW.due_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM takedowns_revision r WHERE r.id = NEW.revision_id AND starts_with(r.recipient, 'https://')
    ) THEN
        RAISE EXCEPTION 'a letter that asks has a deadline, unless it goes to a web form'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'deadline';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deadline BEFORE INSERT OR UPDATE OF kind, due_at, revision_id ON takedowns_letter
    FOR EACH ROW EXECUTE FUNCTION takedowns_deadline();
"""

ASKS_BACK = """
DROP TRIGGER deadline ON takedowns_letter;
DROP FUNCTION takedowns_deadline();
"""

NOT_ENTERED = """
UPDATE takedowns_letter l SET due_at = NULL
FROM mailroom_outgoingmail m WHERE m.id = l.mail_id AND m.state = 'by_hand';
UPDATE takedowns_takedownrequest t SET due_at = (SELECT max(l.due_at) FROM takedowns_letter l WHERE l.request_id = t.id)
WHERE EXISTS (
    SELECT 1 FROM takedowns_letter l JOIN mailroom_outgoingmail m ON m.id = l.mail_id
    WHERE l.request_id = t.id AND m.state = 'by_hand'
);
"""

NOT_ENTERED_BACK = """
UPDATE takedowns_letter l SET due_at = l.written_at + make_interval(hours => t.deadline_hours)
FROM takedowns_takedownrequest t WHERE t.id = l.request_id AND l.kind IN ('request', 'follow_up') AND l.due_at IS NULL;
UPDATE takedowns_takedownrequest SET due_at = approved_at + make_interval(hours => deadline_hours)
WHERE approved_at IS NOT NULL AND due_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("takedowns", "0011_plainer_words"),
        ("mailroom", "0011_letters_by_hand"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="letter", name="letter_that_asks_has_a_deadline"),
        migrations.RunSQL(ASKS, ASKS_BACK),
        migrations.RemoveConstraint(model_name="takedownrequest", name="request_approved_by_whom_and_when"),
        migrations.AddConstraint(
            model_name="takedownrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at", None), ("approved_by", None)),
                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                    _connector="OR",
                ),
                name="request_approved_by_whom_and_when",
            ),
        ),
        migrations.RunSQL(NOT_ENTERED, NOT_ENTERED_BACK),
    ]
