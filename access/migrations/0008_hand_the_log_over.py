"""The log in other hands: verifications, cases of supervising offices with their bundles, monitoring."""

from django.db import migrations


# A guest of a case reads its own row and its own bundles; who reaches all rows makes and reads them all.
SCOPE = '''
ALTER TABLE access_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_case FORCE ROW LEVEL SECURITY;
CREATE POLICY case_scope ON access_case USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY case_guest ON access_case FOR SELECT USING (EXISTS (
    SELECT 1 FROM access_case_guests g WHERE g.case_id = access_case.id
    AND g.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint));
CREATE POLICY case_held ON access_case FOR UPDATE USING (EXISTS (
    SELECT 1 FROM access_case_guests g WHERE g.case_id = access_case.id
    AND g.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint))
    WITH CHECK (false);
ALTER TABLE access_bundle ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_bundle FORCE ROW LEVEL SECURITY;
CREATE POLICY bundle_scope ON access_bundle USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR recipient_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint);
'''
UNSCOPE = '''
DROP POLICY bundle_scope ON access_bundle;
ALTER TABLE access_bundle NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_bundle DISABLE ROW LEVEL SECURITY;
DROP POLICY case_held ON access_case;
DROP POLICY case_guest ON access_case;
DROP POLICY case_scope ON access_case;
ALTER TABLE access_case NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_case DISABLE ROW LEVEL SECURITY;
'''


class Migration(migrations.Migration):
    dependencies = [("access", "0007_grow_the_tree")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
