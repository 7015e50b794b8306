"""A shredded key stays shredded, and no key is ever deleted, whoever asks."""

from django.conf import settings
from django.db import migrations

TOMBSTONES = """
CREATE FUNCTION keys_keep_tombstone() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the key of record % was shredded for good', OLD.record USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER keys_recordkey_tombstone BEFORE UPDATE OR DELETE ON keys_recordkey
    FOR EACH ROW WHEN (OLD.shredded_at IS NOT NULL) EXECUTE FUNCTION keys_keep_tombstone();
"""

UNDO = """
DROP TRIGGER keys_recordkey_tombstone ON keys_recordkey;
DROP FUNCTION keys_keep_tombstone();
"""

RIGHTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = @app_role@) THEN
        EXECUTE format('REVOKE DELETE, TRUNCATE ON keys_recordkey FROM %I', @app_role@);
    END IF;
END $$;
"""


def give_rights(apps, schema_editor):
    role = schema_editor.quote_value(settings.DATABASE_APP_ROLE)
    schema_editor.execute(RIGHTS.replace("@app_role@", role), params=None)


class Migration(migrations.Migration):
    dependencies = [("keys", "0001_initial")]

    operations = [
        migrations.RunSQL(TOMBSTONES, UNDO),
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
