"""Messages to liaisons: words of our own, approved by someone who wrote none of them."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

FOUR_EYES = """
CREATE OR REPLACE FUNCTION takedowns_four_eyes() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_TABLE_NAME = 'takedowns_approval' THEN
        IF EXISTS (
            SELECT 1 FROM takedowns_revision r
            WHERE r.request_id = NEW.request_id AND r.author_id = NEW.by_id
              AND r.free_letter_id IS NOT DISTINCT FROM NEW.free_letter_id
        ) THEN
            RAISE EXCEPTION 'whoever wrote a revision of a request cannot decide about it'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'four_eyes';
        END IF;
    ELSIF EXISTS (
        SELECT 1 FROM takedowns_revision r
        WHERE r.request_id = NEW.id AND r.author_id = NEW.approved_by_id AND r.free_letter_id IS NULL
    ) THEN
        RAISE EXCEPTION 'whoever wrote a revision of a request cannot decide about it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'four_eyes';
    END IF;
    RETURN NEW;
END $$;
"""

FOUR_EYES_BACK = """
CREATE OR REPLACE FUNCTION takedowns_four_eyes() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    decider uuid;
    asked uuid;
BEGIN
    IF TG_TABLE_NAME = 'takedowns_approval' THEN
        decider := NEW.by_id;
        asked := NEW.request_id;
    ELSE
        decider := NEW.approved_by_id;
        asked := NEW.id;
    END IF;
    IF EXISTS (SELECT 1 FROM takedowns_revision r WHERE r.request_id = asked AND r.author_id = decider) THEN
        RAISE EXCEPTION 'whoever wrote a revision of a request cannot decide about it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'four_eyes';
    END IF;
    RETURN NEW;
END $$;
"""

APPROVED_DIGEST = """
CREATE OR REPLACE FUNCTION takedowns_approved_digest() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM takedowns_revision r
        WHERE r.id = NEW.revision_id AND r.request_id = NEW.request_id
          AND r.frozen_at IS NOT NULL AND r.body_sha256 = NEW.digest
          AND r.free_letter_id IS NOT DISTINCT FROM NEW.free_letter_id
    ) THEN
        RAISE EXCEPTION 'a decision names the digest of a frozen revision of its request'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_digest';
    END IF;
    RETURN NEW;
END $$;
"""

APPROVED_DIGEST_BACK = """
CREATE OR REPLACE FUNCTION takedowns_approved_digest() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM takedowns_revision r
        WHERE r.id = NEW.revision_id AND r.request_id = NEW.request_id
          AND r.frozen_at IS NOT NULL AND r.body_sha256 = NEW.digest
    ) THEN
        RAISE EXCEPTION 'a decision names the digest of a frozen revision of its request'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_digest';
    END IF;
    RETURN NEW;
END $$;
"""

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
"""


class Migration(migrations.Migration):
    dependencies = [
        ("takedowns", "0007_trust_facts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FreeLetter",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("awaiting_approval", "Waiting for approval"),
                            ("approved", "Approved"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        db_index=True,
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("with_list", models.BooleanField(default=True)),
                ("drafted_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["drafted_at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="approval",
            name="request_approved_once",
        ),
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(
                choices=[("request", "First letter"), ("follow_up", "Follow-up"), ("free", "Message to the liaison")],
                default="request",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="freeletter",
            name="answers",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="free_letters",
                to="takedowns.reply",
            ),
        ),
        migrations.AddField(
            model_name="freeletter",
            name="drafted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="freeletter",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="free_letters", to="takedowns.takedownrequest"
            ),
        ),
        migrations.AddField(
            model_name="freeletter",
            name="submitted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="approval",
            name="free_letter",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="approvals",
                to="takedowns.freeletter",
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="free_letter",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revisions",
                to="takedowns.freeletter",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decision", "approved"), ("free_letter", None)),
                fields=("request",),
                name="request_approved_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decision", "approved")), fields=("free_letter",), name="free_letter_approved_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="freeletter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["awaiting_approval", "draft"])),
                fields=("request",),
                name="one_free_letter_under_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="freeletter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("submitted_at", None), ("submitted_by", None)),
                    models.Q(("submitted_at__isnull", False), ("submitted_by__isnull", False)),
                    _connector="OR",
                ),
                name="free_letter_submitted_by_whom_and_when",
            ),
        ),
        migrations.RunSQL(FOUR_EYES, FOUR_EYES_BACK),
        migrations.RunSQL(APPROVED_DIGEST, APPROVED_DIGEST_BACK),
        migrations.RunSQL(COVERED, COVERED_BACK),
    ]
