"""Break-glass: windows that somebody opens in an emergency, and the reviews that they owe."""

from django.db import migrations

# Who reaches all rows reads and reviews them; everybody else opens and reads his own.
SCOPE = """
ALTER TABLE access_breakglass ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_breakglass FORCE ROW LEVEL SECURITY;
CREATE POLICY breakglass_scope ON access_breakglass USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY breakglass_own ON access_breakglass FOR SELECT USING (
    user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint);
CREATE POLICY breakglass_begun ON access_breakglass FOR INSERT WITH CHECK (
    user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint
    AND reviewed_at IS NULL);
"""
UNSCOPE = """
DROP POLICY breakglass_begun ON access_breakglass;
DROP POLICY breakglass_own ON access_breakglass;
DROP POLICY breakglass_scope ON access_breakglass;
ALTER TABLE access_breakglass NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_breakglass DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0011_lend_reach")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
