"""Guards in plain SQL that hold whatever the application does: four eyes, frozen letters, established removals."""

from django.db import migrations

FOUR_EYES = """
CREATE FUNCTION takedowns_four_eyes() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
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
CREATE TRIGGER four_eyes BEFORE INSERT OR UPDATE ON takedowns_approval
    FOR EACH ROW EXECUTE FUNCTION takedowns_four_eyes();
CREATE TRIGGER four_eyes BEFORE INSERT OR UPDATE OF approved_by_id ON takedowns_takedownrequest
    FOR EACH ROW WHEN (NEW.approved_by_id IS NOT NULL) EXECUTE FUNCTION takedowns_four_eyes();
"""

FOUR_EYES_BACK = """
DROP TRIGGER four_eyes ON takedowns_takedownrequest;
DROP TRIGGER four_eyes ON takedowns_approval;
DROP FUNCTION takedowns_four_eyes();
"""

APPROVED_DIGEST = """
CREATE FUNCTION takedowns_approved_digest() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
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
CREATE TRIGGER approved_digest BEFORE INSERT ON takedowns_approval
    FOR EACH ROW EXECUTE FUNCTION takedowns_approved_digest();
"""

APPROVED_DIGEST_BACK = """
DROP TRIGGER approved_digest ON takedowns_approval;
DROP FUNCTION takedowns_approved_digest();
"""

# The first freezing is allowed, nothing after it; decisions and confirmations are facts from the start.
FROZEN = """
CREATE FUNCTION takedowns_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    RAISE EXCEPTION '% is a recorded fact and cannot be changed', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON takedowns_revision
    FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION takedowns_frozen();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON takedowns_approval
    FOR EACH ROW EXECUTE FUNCTION takedowns_frozen();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON takedowns_removalconfirmation
    FOR EACH ROW EXECUTE FUNCTION takedowns_frozen();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON takedowns_letteritem
    FOR EACH ROW EXECUTE FUNCTION takedowns_frozen();
CREATE TRIGGER frozen BEFORE DELETE ON takedowns_claim
    FOR EACH ROW EXECUTE FUNCTION takedowns_frozen();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON cases_check
    FOR EACH ROW EXECUTE FUNCTION takedowns_frozen();
"""

FROZEN_BACK = """
DROP TRIGGER frozen ON cases_check;
DROP TRIGGER frozen ON takedowns_claim;
DROP TRIGGER frozen ON takedowns_letteritem;
DROP TRIGGER frozen ON takedowns_removalconfirmation;
DROP TRIGGER frozen ON takedowns_approval;
DROP TRIGGER frozen ON takedowns_revision;
DROP FUNCTION takedowns_frozen();
"""

# An item's number is what the platform answers by: from submission on no line comes, goes or is renumbered.
NUMBERED = """
CREATE FUNCTION takedowns_numbered() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    line record;
BEGIN
    IF TG_OP = 'INSERT' THEN line := NEW; ELSE line := OLD; END IF;
    IF EXISTS (SELECT 1 FROM takedowns_takedownrequest r WHERE r.id = line.request_id AND r.status <> 'draft') THEN
        RAISE EXCEPTION 'the items of a submitted request are frozen'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'numbered';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER numbered BEFORE INSERT OR DELETE OR UPDATE OF number, item_id, request_id ON takedowns_takedownitem
    FOR EACH ROW EXECUTE FUNCTION takedowns_numbered();
"""

NUMBERED_BACK = """
DROP TRIGGER numbered ON takedowns_takedownitem;
DROP FUNCTION takedowns_numbered();
"""

ESTABLISHED = """
CREATE FUNCTION takedowns_established() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NEW.check_made_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM cases_check c JOIN takedowns_takedownitem t ON t.item_id = c.item_id
        WHERE c.id = NEW.check_made_id AND t.id = NEW.takedown_item_id AND c.outcome = 'gone'
    ) THEN
        RAISE EXCEPTION 'a removal is confirmed by a check that found this item gone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'established';
    END IF;
    IF NEW.claim_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM takedowns_claim c
        WHERE c.id = NEW.claim_id AND c.takedown_item_id = NEW.takedown_item_id
          AND c.status = 'accepted' AND c.kind IN ('removed', 'not_found')
    ) THEN
        RAISE EXCEPTION 'a removal is confirmed on an accepted answer about this item'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'established';
    END IF;
    IF NEW.basis = 'claim_and_check' AND NOT EXISTS (
        SELECT 1 FROM cases_check k, takedowns_claim c
        WHERE k.id = NEW.check_made_id AND c.id = NEW.claim_id AND k.checked_at >= c.received_at
    ) THEN
        RAISE EXCEPTION 'the check comes after the answer that it bears out'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'established';
    END IF;
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM takedowns_removalconfirmation r
        WHERE r.id = NEW.supersedes_id AND r.takedown_item_id = NEW.takedown_item_id
    ) THEN
        RAISE EXCEPTION 'a confirmation supersedes one of the same item'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'established';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER established BEFORE INSERT ON takedowns_removalconfirmation
    FOR EACH ROW EXECUTE FUNCTION takedowns_established();
"""

ESTABLISHED_BACK = """
DROP TRIGGER established ON takedowns_removalconfirmation;
DROP FUNCTION takedowns_established();
"""


class Migration(migrations.Migration):
    dependencies = [("takedowns", "0001_initial")]

    operations = [
        migrations.RunSQL(FOUR_EYES, FOUR_EYES_BACK),
        migrations.RunSQL(APPROVED_DIGEST, APPROVED_DIGEST_BACK),
        migrations.RunSQL(FROZEN, FROZEN_BACK),
        migrations.RunSQL(NUMBERED, NUMBERED_BACK),
        migrations.RunSQL(ESTABLISHED, ESTABLISHED_BACK),
    ]
