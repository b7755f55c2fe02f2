"""A copy of one's own data may answer a request; and relatives of a deceased customer are heard at the door."""

import uuid

import custodian.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Of nobody's portfolio: only whoever reaches all rows. The keys of an ask go with it, and only those.
TABLES = ("relativeask", "relativepaper")
SCOPE = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
UNSCOPE = """
DROP POLICY {table}_scope ON records_{table};
ALTER TABLE records_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_{table} DISABLE ROW LEVEL SECURITY;
"""
FORGET = """
CREATE FUNCTION records_forget_relative(gone uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE reach text := current_setting('custodian.reach', true);
BEGIN
    PERFORM set_config('custodian.reach', 'all', true);
    DELETE FROM keys.data_key k USING records_relativeask a
    WHERE a.ref = gone AND k.holding = a.holding AND substr(k.holding::text, 15, 1) = '5';
    DELETE FROM keys.data_key k USING records_relativeask a, records_relativepaper p
    WHERE a.ref = gone AND p.ask_id = a.id AND k.holding = p.holding
      AND substr(k.holding::text, 15, 1) = '5';
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true);
END $$;
REVOKE ALL ON FUNCTION records_forget_relative(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION records_forget_relative(uuid) TO custodian_app;
"""
UNFORGET = "DROP FUNCTION records_forget_relative(uuid);"


def for_each(text: str) -> str:
    return "\n".join(text.format(table=table) for table in TABLES)


STEPS = [
    ("received", "收到申请"), ("proven", "核验身份"), ("accepted", "受理"), ("working", "开始办理"),
    ("asked", "请您补充说明"), ("said", "收到您的补充"), ("moved_on", "转合规部门办理"),
    ("extended", "延长期限"), ("preparing", "正在备副本"), ("ready", "副本已备好"),
    ("done", "已按决定办理"), ("answered", "答复"), ("partly", "部分办理"), ("refused", "不予办理"),
    ("withdrawn", "您已撤回"), ("lifted", "已解除"), ("rated", "收到您的评价"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0030_let_bundles_go"),
        ("records", "0020_let_texts_go_and_consents_come"),
    ]

    operations = [
        migrations.AddField(
            "datacopy",
            "request",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="copies",
                to="records.customerrequest",
            ),
        ),
        migrations.AddField("datacopy", "attempts", models.PositiveSmallIntegerField(default=0)),
        migrations.AlterField("requeststep", "code", models.CharField(choices=STEPS, max_length=10)),
        migrations.AddField(
            model_name="signincode",
            name="to_sealed",
            field=models.BinaryField(null=True),
        ),
        migrations.AlterField(
            model_name="signincode",
            name="purpose",
            field=models.CharField(choices=[("sign_in", "登录"), ("contact", "更改联系方式"), ("relative", "亲属申请")], default="sign_in", max_length=8),
        ),
        migrations.CreateModel(
            name="RelativeAsk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("status", models.CharField(choices=[("queued", "排队"), ("running", "进行中"), ("paused", "已暂停"), ("failed", "失败，可续作"), ("done", "完成"), ("refused", "已拒收")], default="queued", max_length=16, verbose_name="状态")),
                ("total", models.PositiveBigIntegerField(null=True)),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提交时间")),
                ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("leased_by", models.UUIDField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("state", models.CharField(choices=[("received", "正在查找"), ("found", "找到客户，待办理"), ("nobody", "查无此人"), ("closed", "已办结")], default="received", max_length=8, verbose_name="状态")),
                ("relation", models.CharField(choices=[("spouse", "配偶"), ("child", "子女"), ("parent", "父母"), ("sibling", "兄弟姐妹"), ("other", "其他近亲属")], max_length=8, verbose_name="与客户的关系")),
                ("wants", models.CharField(choices=[("access", "查阅"), ("copy", "复制"), ("correction", "更正"), ("deletion", "删除")], max_length=10, verbose_name="申请什么")),
                ("contact", models.CharField(max_length=6)),
                ("person", models.BinaryField(max_length=16)),
                ("language", models.CharField(default="zh-hans", max_length=8)),
                ("said_sealed", models.BinaryField()),
                ("holding", models.UUIDField(editable=False, unique=True)),
                ("outcome", models.CharField(blank=True, choices=[("granted", "已登记或已办理"), ("refused", "不予办理"), ("nobody", "查无此人")], max_length=8, verbose_name="结果")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="办结")),
                ("told_at", models.DateTimeField(null=True)),
                ("turns", models.PositiveSmallIntegerField(default=0)),
                ("tell_after", models.DateTimeField(null=True)),
                ("closed_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("subject", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
            ],
            options={
                "verbose_name": "亲属申请",
                "verbose_name_plural": "亲属申请",
                "ordering": ("created_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="RelativePaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("media_type", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField()),
                ("pages", models.PositiveSmallIntegerField()),
                ("name_sealed", models.BinaryField()),
                ("holding", models.UUIDField(editable=False, unique=True)),
                ("added_at", models.DateTimeField(default=custodian.clock.now)),
                ("ask", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="papers", to="records.relativeask")),
                ("document", models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="records.document")),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.AddConstraint(
            model_name="relativeask",
            constraint=models.CheckConstraint(condition=models.Q(models.Q(("closed_at", None), ("outcome", "")), models.Q(("closed_at__isnull", False), models.Q(("outcome", ""), _negated=True)), _connector="OR"), name="relative_ask_is_closed_with_an_outcome"),
        ),
        migrations.AddConstraint(
            model_name="relativepaper",
            constraint=models.UniqueConstraint(fields=("ask", "number"), name="relative_paper_number_is_unique"),
        ),
        migrations.RunSQL(for_each(SCOPE), for_each(UNSCOPE)),
        migrations.RunSQL(FORGET, UNFORGET),
    ]
