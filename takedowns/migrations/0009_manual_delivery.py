"""Letters that a person enters into a platform's web form."""

import django.db.models.deletion
from django.conf import settings
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
        WHERE t.id = NEW.request_id AND c.status = 'active'
          AND (c.form_url = '' AND lower(c.email) = lower(wording.recipient)
               OR c.form_url <> '' AND c.form_url = wording.recipient)
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
    IF (NEW.kind = 'free') <> (wording.free_letter_id IS NOT NULL) THEN
        RAISE EXCEPTION 'a message carries a wording of a message, and no other letter does'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'covered';
    END IF;
    IF NEW.kind <> 'free' AND EXISTS (
        SELECT 1 FROM takedowns_takedownrequest t WHERE t.id = NEW.request_id AND t.released_by_id IS NOT NULL
    ) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM takedowns_approval a
        WHERE a.request_id = NEW.request_id AND a.decision = 'approved'
          AND (a.revision_id = NEW.revision_id OR NEW.kind = 'follow_up' AND a.free_letter_id IS NULL)
    ) THEN
        RAISE EXCEPTION 'no approval covers this letter'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'covered';
    END IF;
    RETURN NEW;
END $$;
"""

COVERED_BACK = """
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
    IF (NEW.kind = 'free') <> (wording.free_letter_id IS NOT NULL) THEN
        RAISE EXCEPTION 'a message carries a wording of a message, and no other letter does'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'covered';
    END IF;
    IF NEW.kind <> 'free' AND EXISTS (
        SELECT 1 FROM takedowns_takedownrequest t WHERE t.id = NEW.request_id AND t.released_by_id IS NOT NULL
    ) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM takedowns_approval a
        WHERE a.request_id = NEW.request_id AND a.decision = 'approved'
          AND (a.revision_id = NEW.revision_id OR NEW.kind = 'follow_up' AND a.free_letter_id IS NULL)
    ) THEN
        RAISE EXCEPTION 'no approval covers this letter'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'covered';
    END IF;
    RETURN NEW;
END $$;
"""


def narrow(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON takedowns_manualdelivery FROM {role}")


class Migration(migrations.Migration):
    dependencies = [
        ("takedowns", "0008_messages"),
        ("platforms", "0005_form_contacts"),
        ("mailroom", "0011_letters_by_hand"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="revision",
            name="recipient",
            field=models.CharField(max_length=254),
        ),
        migrations.CreateModel(
            name="ManualDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("delivered_at", models.DateTimeField()),
                ("ticket", models.CharField(blank=True, max_length=100)),
                ("ticket_key", models.CharField(blank=True, db_index=True, max_length=100)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("recorded_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="manual_delivery",
                        to="takedowns.letter",
                    ),
                ),
            ],
        ),
        migrations.RunPython(narrow, migrations.RunPython.noop),
        migrations.RunSQL(COVERED, COVERED_BACK),
    ]
