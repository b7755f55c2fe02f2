"""Time-boxed grants: some customers of others within reach, for one purpose and a time."""

from django.db import migrations

# Who reaches all rows decides on them; everybody else asks for himself and reads his own.
SCOPE = """
ALTER TABLE access_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_grant FORCE ROW LEVEL SECURITY;
CREATE POLICY grant_scope ON access_grant USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY grant_read ON access_grant FOR SELECT USING (
    user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint);
CREATE POLICY grant_asked ON access_grant FOR INSERT WITH CHECK (
    user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint AND status = 'waiting');
"""
UNSCOPE = """
DROP POLICY grant_asked ON access_grant;
DROP POLICY grant_read ON access_grant;
DROP POLICY grant_scope ON access_grant;
ALTER TABLE access_grant NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_grant DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0010_count_looks")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
