"""What keeps the trail: the chain written at commit, the refusal of every change, the access log's partitions.

All of it is plain SQL that acts on the owner role too; only disabling a trigger by name, as the owner, lifts it.
"""

from django.conf import settings
from django.db import migrations

CHAIN = r"""
CREATE FUNCTION audit_set_time() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER audit_event_time BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_set_time();

-- Runs at commit. The lock is taken here and not at insert time, where it would deadlock with row locks and hold up
-- the whole house during a long transaction. It is held until the commit is visible, so the next one reads our link.
CREATE FUNCTION audit_chain() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last_seq bigint;
    last_hash text;
    now_at timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_chainlink'));
    SELECT seq, hash INTO last_seq, last_hash FROM public.audit_chainlink ORDER BY seq DESC LIMIT 1;
    last_seq := coalesce(last_seq, 0) + 1;
    last_hash := coalesce(last_hash, repeat('0', 64));
    now_at := clock_timestamp();
    INSERT INTO public.audit_chainlink (seq, event_id, at, previous_hash, hash) VALUES (
        last_seq, NEW.id, now_at, last_hash,
        encode(sha256(convert_to(concat_ws(E'\n',
            last_seq, (extract(epoch FROM now_at) * 1000000)::bigint, last_hash,
            NEW.id, (extract(epoch FROM NEW.at) * 1000000)::bigint, NEW.action, coalesce(NEW.actor::text, '-'),
            NEW.object_type, NEW.object_id, coalesce(NEW.case_id::text, '-'), NEW.detail::text
        ), 'UTF8')), 'hex')
    );
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER audit_event_chain AFTER INSERT ON audit_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_chain();
"""

UNDO_CHAIN = """
DROP TRIGGER audit_event_chain ON audit_event;
DROP FUNCTION audit_chain();
DROP TRIGGER audit_event_time ON audit_event;
DROP FUNCTION audit_set_time();
"""

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: it is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_chainlink_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chainlink
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
-- Row triggers, since those are inherited by the partitions. A month that is past its term is dropped as a table.
CREATE TRIGGER audit_accesslog_append_only BEFORE UPDATE OR DELETE ON audit_accesslog
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_accesslog_no_truncate BEFORE TRUNCATE ON audit_accesslog
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""

UNDO_REFUSE = """
DROP TRIGGER audit_accesslog_no_truncate ON audit_accesslog;
DROP TRIGGER audit_accesslog_append_only ON audit_accesslog;
DROP TRIGGER audit_chainlink_append_only ON audit_chainlink;
DROP TRIGGER audit_event_append_only ON audit_event;
DROP FUNCTION audit_refuse();
"""

PARTITIONS = """
-- Makes the partitions of this month and of `months` coming ones (months of Asia/Seoul); returns how many are new.
-- A month whose looks already went into the default partition stays there.
CREATE FUNCTION audit_prepare_access_log(months integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    month timestamp;
    start_at timestamptz;
    end_at timestamptz;
    partition text;
    made integer := 0;
BEGIN
    IF months NOT BETWEEN 0 AND 24 THEN
        RAISE EXCEPTION 'months has to be 0 to 24, not %', months;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('audit_accesslog'));
    FOR i IN 0 .. months LOOP
        month := date_trunc('month', now() AT TIME ZONE 'Asia/Seoul') + make_interval(months => i);
        start_at := month AT TIME ZONE 'Asia/Seoul';
        end_at := (month + interval '1 month') AT TIME ZONE 'Asia/Seoul';
        partition := 'audit_accesslog_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;
        CONTINUE WHEN EXISTS (
            SELECT FROM public.audit_accesslog_default WHERE at >= start_at AND at < end_at
        );
        EXECUTE format('CREATE TABLE public.%I PARTITION OF public.audit_accesslog FOR VALUES FROM (%L) TO (%L)',
                       partition, start_at, end_at);
        -- Reached only through the parent: its own rights would go round the parent's.
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = @app_role@) THEN
            EXECUTE format('REVOKE ALL ON public.%I FROM %I', partition, @app_role@);
        END IF;
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION audit_prepare_access_log(integer) FROM PUBLIC;
"""

UNDO_PARTITIONS = "DROP FUNCTION audit_prepare_access_log(integer)"

RIGHTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = @app_role@) THEN
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON audit_event, audit_accesslog FROM %I', @app_role@);
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_chainlink FROM %I', @app_role@);
        EXECUTE format('REVOKE ALL ON audit_accesslog_default FROM %I', @app_role@);
        EXECUTE format('GRANT EXECUTE ON FUNCTION audit_prepare_access_log(integer) TO %I', @app_role@);
    END IF;
END $$;
"""


def for_app_role(sql, schema_editor):
    role = schema_editor.quote_value(settings.DATABASE_APP_ROLE)
    schema_editor.execute(sql.replace("@app_role@", role), params=None)


def give_rights(apps, schema_editor):
    for_app_role(PARTITIONS, schema_editor)
    for_app_role(RIGHTS, schema_editor)
    schema_editor.execute("SELECT audit_prepare_access_log(3)", params=None)


def undo_rights(apps, schema_editor):
    schema_editor.execute(UNDO_PARTITIONS, params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(CHAIN, UNDO_CHAIN),
        migrations.RunSQL(REFUSE, UNDO_REFUSE),
        migrations.RunPython(give_rights, undo_rights),
    ]
