"""What customers ask for reaches the gate: holdings restricted on request, and purposes objected to."""

from django.db import migrations


# Whoever sees the customer sees what she objects to; whoever reaches everybody writes it.
SCOPE = """
ALTER TABLE access_objection ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_objection FORCE ROW LEVEL SECURITY;
CREATE POLICY objection_scope ON access_objection USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY objection_read ON access_objection FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = access_objection.subject_id));
"""
UNSCOPE = """
DROP POLICY objection_read ON access_objection;
DROP POLICY objection_scope ON access_objection;
ALTER TABLE access_objection NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_objection DISABLE ROW LEVEL SECURITY;
"""
PURPOSES = [
    ("follow_up", "回访"), ("policy_service", "保全"), ("underwriting", "核保"), ("claim", "理赔"),
    ("payment", "给付"), ("complaint", "投诉处理"), ("compliance", "合规检查"), ("audit", "审计"),
    ("regulation", "监管检查"), ("security", "安全调查"), ("import", "导入"), ("self", "本人查看"),
    ("system", "系统作业"), ("other", "其他"),
]


class Migration(migrations.Migration):
    dependencies = [("access", "0027_delay_looks")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
