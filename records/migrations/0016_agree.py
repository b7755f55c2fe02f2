"""What customers said yes or no to: a row for each time, which nobody edits."""


from django.db import migrations

# Whoever sees the customer sees what she said; it is written by one piece of the system, in her name.
# A row is never changed, and goes only after another one has taken its place or nothing of her is left.
SCOPE = """
ALTER TABLE records_consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_consent FORCE ROW LEVEL SECURITY;
CREATE POLICY consent_scope ON records_consent USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY consent_read ON records_consent FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = records_consent.subject_id));
CREATE FUNCTION records_keep_consent() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a consent is never edited';
    END IF;
    IF EXISTS (SELECT 1 FROM records_consent c WHERE c.subject_id = OLD.subject_id
               AND c.purpose = OLD.purpose AND c.id > OLD.id)
       OR EXISTS (SELECT 1 FROM access_subject s WHERE s.id = OLD.subject_id AND s.status = 'destroyed')
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the consent that stands is not deleted';
END $$;
CREATE TRIGGER consent_stays BEFORE UPDATE OR DELETE ON records_consent
    FOR EACH ROW EXECUTE FUNCTION records_keep_consent();
"""
UNSCOPE = """
DROP TRIGGER consent_stays ON records_consent;
DROP FUNCTION records_keep_consent();
DROP POLICY consent_read ON records_consent;
DROP POLICY consent_scope ON records_consent;
ALTER TABLE records_consent NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_consent DISABLE ROW LEVEL SECURITY;
"""
SAID = [("given", "已同意"), ("refused", "不同意"), ("withdrawn", "已撤回")]
BY = [
    ("herself", "本人在客户服务"), ("guardian", "监护人在客户服务"), ("authorised", "授权代表在客户服务"),
    ("heir", "继承人在客户服务"), ("paper", "书面材料"), ("counter", "当面或来电，客服登记"),
    ("request", "客户申请"), ("import", "导入"),
]


class Migration(migrations.Migration):
    dependencies = [("records", "0015_take_requests"), ("access", "0029_agree")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
