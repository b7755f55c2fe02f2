"""Layouts of other companies' lists, packs of traces that left, and lists of one sign-in."""

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


KEEP = """
CREATE FUNCTION incidents_keep_layout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL
        OR (NEW.id, NEW.ref, NEW.company, NEW.source, NEW.columns, NEW.separator, NEW.encoding, NEW.why, NEW.entered_by_id, NEW.entered_at)
        IS DISTINCT FROM (OLD.id, OLD.ref, OLD.company, OLD.source, OLD.columns, OLD.separator, OLD.encoding, OLD.why, OLD.entered_by_id, OLD.entered_at)
    THEN RAISE EXCEPTION 'a layout is kept as it was entered, and ends once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_listlayout FOR EACH ROW EXECUTE FUNCTION incidents_keep_layout();
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_tracetaking FOR EACH ROW EXECUTE FUNCTION incidents_keep();
"""
LET_GO = """
DROP TRIGGER keep_rows ON incidents_tracetaking;
DROP TRIGGER keep_rows ON incidents_listlayout;
DROP FUNCTION incidents_keep_layout();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0010_weigh_risks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='affectedlist',
            name='by',
            field=models.CharField(choices=[('operator', '操作人的查询'), ('session', '一次登录的查询'), ('export', '导出文件'), ('partner', '合作方持有的资料'), ('transfer', '移交包'), ('trace', '外泄名单')], max_length=8, verbose_name='依据'),
        ),
        migrations.CreateModel(
            name='ListLayout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('company', models.CharField(max_length=60, verbose_name='公司或产品')),
                ('source', models.CharField(max_length=200, verbose_name='版式的来处')),
                ('columns', models.JSONField(verbose_name='各列')),
                ('separator', models.CharField(blank=True, choices=[(',', '逗号'), ('\t', '制表符'), (';', '分号'), ('|', '竖线')], max_length=1, verbose_name='分隔符')),
                ('encoding', models.CharField(blank=True, choices=[('utf-8', 'UTF-8'), ('utf-8-sig', 'UTF-8（带标记）'), ('gb18030', 'GB 18030 / GBK')], max_length=9, verbose_name='编码')),
                ('why', models.CharField(max_length=200, verbose_name='理由')),
                ('entered_at', models.DateTimeField(default=custodian.clock.now, verbose_name='登记时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='停用时间')),
                ('ended_why', models.CharField(blank=True, max_length=200, verbose_name='停用的理由')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
            ],
            options={
                'verbose_name': '名单版式',
                'verbose_name_plural': '名单版式',
                'ordering': ('-pk',),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('company', ''), _negated=True), models.Q(('source', ''), _negated=True), models.Q(('why', ''), _negated=True), models.Q(('columns', []), _negated=True)), name='list_layout_says_whose_from_where_and_why'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('ended_why', '')), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), models.Q(('ended_why', ''), _negated=True)), _connector='OR'), name='list_layout_that_ended_says_when_by_whom_and_why')],
            },
        ),
        migrations.CreateModel(
            name='TraceTaking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('to', models.CharField(max_length=100, verbose_name='交给谁')),
                ('sha256', models.CharField(max_length=64, verbose_name='指纹')),
                ('size', models.PositiveBigIntegerField(verbose_name='大小')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('trace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='takings', to='incidents.leaktrace')),
            ],
            options={
                'ordering': ('-pk',),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('to', ''), _negated=True), models.Q(('sha256', ''), _negated=True)), name='trace_taking_says_to_whom')],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
