"""A book on its way in: its subjects are there and nobody sees them; and looks for a portfolio transfer."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


# Restrictive: whatever else lets somebody see a row, this must hold as well. While no book is on its way in,
# the first line answers for the whole statement.
HIDE = """
GRANT SELECT, INSERT, DELETE ON access_arriving TO custodian_app;
ALTER TABLE access_arriving ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_arriving FORCE ROW LEVEL SECURITY;
-- Whoever cannot see that somebody arrives would see her.
CREATE POLICY arriving_known ON access_arriving USING (true);
CREATE POLICY subject_has_arrived ON access_subject AS RESTRICTIVE FOR SELECT USING (
    (SELECT NOT EXISTS (SELECT 1 FROM access_arriving))
    OR (SELECT NULLIF(current_setting('custodian.arrivals', true), '')) = 'on'
    OR NOT EXISTS (SELECT 1 FROM access_arriving a WHERE a.subject_id = access_subject.id));
"""
SHOW = """
DROP POLICY subject_has_arrived ON access_subject;
DROP POLICY arriving_known ON access_arriving;
ALTER TABLE access_arriving DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0034_count_times'),
    ]

    operations = [
        migrations.CreateModel(
            name='Arriving',
            fields=[
                ('subject', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='access.subject')),
                ('arrival', models.UUIDField(db_index=True)),
            ],
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='purposes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('follow_up', '回访'), ('policy_service', '保全'), ('underwriting', '核保'), ('claim', '理赔'), ('payment', '给付'), ('complaint', '投诉处理'), ('marketing', '营销'), ('survey', '满意度调查'), ('sharing', '提供给合作方'), ('compliance', '合规检查'), ('audit', '审计'), ('regulation', '监管检查'), ('security', '安全调查'), ('import', '导入'), ('transfer', '业务转让'), ('self', '本人查看'), ('system', '系统作业'), ('other', '其他')], max_length=20), size=None, verbose_name='用途'),
        ),
        migrations.AlterField(
            model_name='breakglass',
            name='purpose',
            field=models.CharField(choices=[('follow_up', '回访'), ('policy_service', '保全'), ('underwriting', '核保'), ('claim', '理赔'), ('payment', '给付'), ('complaint', '投诉处理'), ('marketing', '营销'), ('survey', '满意度调查'), ('sharing', '提供给合作方'), ('compliance', '合规检查'), ('audit', '审计'), ('regulation', '监管检查'), ('security', '安全调查'), ('import', '导入'), ('transfer', '业务转让'), ('self', '本人查看'), ('system', '系统作业'), ('other', '其他')], max_length=20, verbose_name='用途'),
        ),
        migrations.AlterField(
            model_name='choice',
            name='purpose',
            field=models.CharField(choices=[('follow_up', '回访'), ('policy_service', '保全'), ('underwriting', '核保'), ('claim', '理赔'), ('payment', '给付'), ('complaint', '投诉处理'), ('marketing', '营销'), ('survey', '满意度调查'), ('sharing', '提供给合作方'), ('compliance', '合规检查'), ('audit', '审计'), ('regulation', '监管检查'), ('security', '安全调查'), ('import', '导入'), ('transfer', '业务转让'), ('self', '本人查看'), ('system', '系统作业'), ('other', '其他')], max_length=20),
        ),
        migrations.AlterField(
            model_name='export',
            name='purpose',
            field=models.CharField(choices=[('follow_up', '回访'), ('policy_service', '保全'), ('underwriting', '核保'), ('claim', '理赔'), ('payment', '给付'), ('complaint', '投诉处理'), ('marketing', '营销'), ('survey', '满意度调查'), ('sharing', '提供给合作方'), ('compliance', '合规检查'), ('audit', '审计'), ('regulation', '监管检查'), ('security', '安全调查'), ('import', '导入'), ('transfer', '业务转让'), ('self', '本人查看'), ('system', '系统作业'), ('other', '其他')], max_length=20, verbose_name='用途'),
        ),
        migrations.AlterField(
            model_name='grant',
            name='purpose',
            field=models.CharField(choices=[('follow_up', '回访'), ('policy_service', '保全'), ('underwriting', '核保'), ('claim', '理赔'), ('payment', '给付'), ('complaint', '投诉处理'), ('marketing', '营销'), ('survey', '满意度调查'), ('sharing', '提供给合作方'), ('compliance', '合规检查'), ('audit', '审计'), ('regulation', '监管检查'), ('security', '安全调查'), ('import', '导入'), ('transfer', '业务转让'), ('self', '本人查看'), ('system', '系统作业'), ('other', '其他')], max_length=20, verbose_name='用途'),
        ),
        migrations.AlterField(
            model_name='objection',
            name='purpose',
            field=models.CharField(choices=[('follow_up', '回访'), ('policy_service', '保全'), ('underwriting', '核保'), ('claim', '理赔'), ('payment', '给付'), ('complaint', '投诉处理'), ('marketing', '营销'), ('survey', '满意度调查'), ('sharing', '提供给合作方'), ('compliance', '合规检查'), ('audit', '审计'), ('regulation', '监管检查'), ('security', '安全调查'), ('import', '导入'), ('transfer', '业务转让'), ('self', '本人查看'), ('system', '系统作业'), ('other', '其他')], max_length=20),
        ),
        migrations.AlterField(
            model_name='policyrule',
            name='purpose',
            field=models.CharField(choices=[('follow_up', '回访'), ('policy_service', '保全'), ('underwriting', '核保'), ('claim', '理赔'), ('payment', '给付'), ('complaint', '投诉处理'), ('marketing', '营销'), ('survey', '满意度调查'), ('sharing', '提供给合作方'), ('compliance', '合规检查'), ('audit', '审计'), ('regulation', '监管检查'), ('security', '安全调查'), ('import', '导入'), ('transfer', '业务转让'), ('self', '本人查看'), ('system', '系统作业'), ('other', '其他')], max_length=20, verbose_name='用途'),
        ),
        migrations.AlterField(
            model_name='tokengrant',
            name='purpose',
            field=models.CharField(choices=[('follow_up', '回访'), ('policy_service', '保全'), ('underwriting', '核保'), ('claim', '理赔'), ('payment', '给付'), ('complaint', '投诉处理'), ('marketing', '营销'), ('survey', '满意度调查'), ('sharing', '提供给合作方'), ('compliance', '合规检查'), ('audit', '审计'), ('regulation', '监管检查'), ('security', '安全调查'), ('import', '导入'), ('transfer', '业务转让'), ('self', '本人查看'), ('system', '系统作业'), ('other', '其他')], max_length=20, verbose_name='用途'),
        ),
        migrations.RunSQL(HIDE, SHOW),
    ]
