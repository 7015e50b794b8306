"""A letter that did not arrive is sent again in its own words to another contact; none goes to an address that two
people have not looked at."""

import django.db.models.deletion
from django.db import migrations, models

COVERED = """
CREATE OR REPLACE FUNCTION takedowns_covered() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    wording public.takedowns_revision;
BEGIN
    SELECT * INTO wording FROM takedowns_revision r
    WHERE r.id = NEW.revision_id AND r.request_id = NEW.request_id AND r.frozen_at IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a letter carries a frozen revision of its request'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'covered';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM takedowns_takedownrequest t JOIN platforms_contact c ON c.organisation_id = t.addressee_id
        WHERE t.id = NEW.request_id AND c.status = 'active' AND lower(c.email) = lower(wording.recipient)
    ) THEN
        RAISE EXCEPTION 'a letter goes to an active contact of its addressee'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'covered';
    END IF;
    IF NEW.resends_id IS NOT NULL THEN
        IF NOT EXISTS (
            SELECT 1 FROM takedowns_letter l JOIN takedowns_revision w ON w.id = l.revision_id
            WHERE l.id = NEW.resends_id AND l.request_id = NEW.request_id AND l.kind = NEW.kind
              AND w.subject = wording.subject AND w.body = wording.body
        ) THEN
            RAISE EXCEPTION 'what is sent again is the same letter'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'covered';
        END IF;
        RETURN NEW;
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
DROP TRIGGER covered ON takedowns_letter;
CREATE TRIGGER covered BEFORE INSERT OR UPDATE OF kind, request_id, revision_id, resends_id ON takedowns_letter
    FOR EACH ROW EXECUTE FUNCTION takedowns_covered();
"""

COVERED_BACK = """
CREATE OR REPLACE FUNCTION takedowns_covered() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
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
DROP TRIGGER covered ON takedowns_letter;
CREATE TRIGGER covered BEFORE INSERT OR UPDATE OF kind, request_id, revision_id ON takedowns_letter
    FOR EACH ROW EXECUTE FUNCTION takedowns_covered();
"""


class Migration(migrations.Migration):
    dependencies = [("platforms", "0001_initial"), ("takedowns", "0003_follow_ups")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="resends",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="resent_as",
                to="takedowns.letter",
            ),
        ),
        migrations.RunSQL(COVERED, COVERED_BACK),
    ]
