"""Follow-ups: letters say what they are and until when they ask; none leaves without an approval that covers it."""

from django.db import migrations, models

COVERED = """
CREATE FUNCTION takedowns_covered() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM takedowns_revision r
        WHERE r.id = NEW.revision_id AND r.request_id = NEW.request_id AND r.frozen_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a letter carries a frozen revision of its request'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'covered';
    END IF;
    IF EXISTS (SELECT 1 FROM takedowns_takedownrequest t WHERE t.id = NEW.request_id AND t.released_by_id IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM takedowns_approval a
        WHERE a.request_id = NEW.request_id AND a.decision = 'approved'
          AND (NEW.kind = 'follow_up' OR a.revision_id = NEW.revision_id)
    ) THEN
        RAISE EXCEPTION 'no approval covers this letter'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'covered';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER covered BEFORE INSERT OR UPDATE OF kind, request_id, revision_id ON takedowns_letter
    FOR EACH ROW EXECUTE FUNCTION takedowns_covered();
"""

COVERED_BACK = """
DROP TRIGGER covered ON takedowns_letter;
DROP FUNCTION takedowns_covered();
"""

# What is approved is approved for the items of the request: no further letter can bring in another one.
OWN_ITEMS = """
CREATE FUNCTION takedowns_own_items() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM takedowns_letter l JOIN takedowns_takedownitem t ON t.request_id = l.request_id
        WHERE l.id = NEW.letter_id AND t.id = NEW.takedown_item_id
    ) THEN
        RAISE EXCEPTION 'a letter names items of its own request'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'own_items';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER own_items BEFORE INSERT ON takedowns_letteritem
    FOR EACH ROW EXECUTE FUNCTION takedowns_own_items();
"""

OWN_ITEMS_BACK = """
DROP TRIGGER own_items ON takedowns_letteritem;
DROP FUNCTION takedowns_own_items();
"""

# So far each request had one letter, whose deadline was the request's.
DEADLINES = """
UPDATE takedowns_letter l SET due_at = t.due_at FROM takedowns_takedownrequest t WHERE t.id = l.request_id;
"""


class Migration(migrations.Migration):
    dependencies = [("takedowns", "0002_guards")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="kind",
            field=models.CharField(
                choices=[("request", "First letter"), ("follow_up", "Follow-up")], default="request", max_length=10
            ),
        ),
        migrations.AddField(model_name="letter", name="due_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(DEADLINES, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["follow_up", "request"]), _negated=True),
                    ("due_at__isnull", False),
                    _connector="OR",
                ),
                name="letter_that_asks_has_a_deadline",
            ),
        ),
        migrations.RunSQL(COVERED, COVERED_BACK),
        migrations.RunSQL(OWN_ITEMS, OWN_ITEMS_BACK),
    ]
