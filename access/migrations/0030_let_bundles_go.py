"""A bundle whose file is gone leaves no key: what lies in a backup of files opens no more."""

from __future__ import annotations

from django.db import migrations

FORGET = """
CREATE FUNCTION access_forget_bundle(gone uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM keys.data_key k USING access_bundle b
    WHERE b.ref = gone AND b.length = 0 AND b.status = 'done' AND k.holding = b.holding;
$$;
REVOKE ALL ON FUNCTION access_forget_bundle(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access_forget_bundle(uuid) TO custodian_app;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0029_agree")]

    operations = [
        migrations.RunSQL(FORGET, "DROP FUNCTION access_forget_bundle(uuid);"),
    ]
