"""A customer takes a copy of her own data: a job, a file under its own key, and an end."""

import uuid

import custodian.clock
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# Hers, and of whoever reaches all rows; no agent reads that she asked for one.
# The key of a file that was removed goes with it, and only that one.
SCOPE = """
ALTER TABLE records_datacopy ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_datacopy FORCE ROW LEVEL SECURITY;
CREATE POLICY datacopy_scope ON records_datacopy USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY datacopy_own ON records_datacopy FOR SELECT USING (
    subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[]));
CREATE POLICY datacopy_asked ON records_datacopy FOR INSERT WITH CHECK (
    subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[])
    AND status = 'queued');
CREATE FUNCTION records_forget_copy(gone uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE reach text := current_setting('custodian.reach', true);
BEGIN
    PERFORM set_config('custodian.reach', 'all', true);
    DELETE FROM keys.data_key k USING records_datacopy c
    WHERE c.ref = gone AND c.removed_at IS NOT NULL AND k.holding = c.holding
      AND substr(k.holding::text, 15, 1) = '5';
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true);
END $$;
REVOKE ALL ON FUNCTION records_forget_copy(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION records_forget_copy(uuid) TO custodian_app;
"""
UNSCOPE = """
DROP FUNCTION records_forget_copy(uuid);
DROP POLICY datacopy_asked ON records_datacopy;
DROP POLICY datacopy_own ON records_datacopy;
DROP POLICY datacopy_scope ON records_datacopy;
ALTER TABLE records_datacopy NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_datacopy DISABLE ROW LEVEL SECURITY;
"""
STATES = [
    ("queued", "排队"), ("running", "进行中"), ("paused", "已暂停"), ("failed", "失败，可续作"),
    ("done", "完成"), ("refused", "已拒收"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0027_delay_looks"),
        ("records", "0013_correct_days_and_count_holds"),
    ]
    operations = [
        migrations.CreateModel(
            name="DataCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("status", models.CharField(choices=STATES, default="queued", max_length=16, verbose_name="状态")),
                ("total", models.PositiveBigIntegerField(null=True)),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提交时间")),
                ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("leased_by", models.UUIDField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("capacity", models.CharField(max_length=12)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("format", models.CharField(choices=[("pdf", "PDF，便于阅读"), ("json", "JSON，便于交给别的机构")], max_length=4, verbose_name="格式")),
                ("language", models.CharField(choices=[("zh-hans", "中文"), ("en", "English")], max_length=8, verbose_name="语言")),
                ("holding", models.UUIDField(editable=False, unique=True)),
                ("entry", models.BigIntegerField(null=True)),
                ("length", models.BigIntegerField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("expires_at", models.DateTimeField(null=True, verbose_name="有效至")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="下载")),
                ("removed_at", models.DateTimeField(null=True)),
                ("removed", models.CharField(blank=True, choices=[("expired", "已过期"), ("taken", "已下载"), ("destroyed", "其中的资料已销毁")], max_length=10)),
                ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject", verbose_name="客户")),
            ],
            options={"verbose_name": "资料副本", "verbose_name_plural": "资料副本", "ordering": ("-pk",)},
        ),
        migrations.AddIndex("datacopy", models.Index(fields=["subject", "created_at"], name="data_copy_of_subject")),
        migrations.AddConstraint(
            "datacopy",
            models.CheckConstraint(
                condition=Q(removed_at=None, removed="") | (Q(removed_at__isnull=False) & ~Q(removed="")),
                name="data_copy_removal_says_why",
            ),
        ),
        migrations.AddConstraint(
            "datacopy",
            models.CheckConstraint(
                condition=~Q(status="done") | Q(expires_at__isnull=False), name="data_copy_that_is_ready_expires"
            ),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
