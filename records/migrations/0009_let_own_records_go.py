"""Import files go after their run, and the house's own records after their time."""

import uuid

import custodian.clock
from django.db import migrations, models

# The key of an import file that was removed goes with it, and never the key of a customer's holding,
# whatever a row says. Row-level security must not hide one from the question.
FORGET = """
CREATE FUNCTION records_forget_import_files(files bigint[]) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint; reach text := current_setting('custodian.reach', true);
BEGIN
    PERFORM set_config('custodian.reach', 'all', true);
    DELETE FROM keys.data_key k USING records_importfile f
    WHERE f.id = ANY (files) AND f.removed_at IS NOT NULL AND k.holding = f.holding
      AND NOT EXISTS (SELECT FROM records_identity h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_finances h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_policy h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_claim h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_document h WHERE h.holding = k.holding);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true);
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION records_forget_import_files(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION records_forget_import_files(bigint[]) TO custodian_app;
"""
UNFORGET = "DROP FUNCTION records_forget_import_files(bigint[]);"


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0024_let_months_go"),
        ("records", "0008_keep_storage"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExpiryRun",
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
                ("day", models.DateField(unique=True, verbose_name="日期")),
                ("gone", models.JSONField(default=dict)),
            ],
            options={"ordering": ("-day",)},
        ),
        migrations.AddField(
            model_name="importfile",
            name="removed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("removed_at", None),
                    models.Q(("complete", False), ("name_sealed", b"")),
                    _connector="OR",
                ),
                name="import_file_that_was_removed_is_empty",
            ),
        ),
        migrations.RunSQL(FORGET, UNFORGET),
    ]
