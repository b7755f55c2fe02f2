"""A book as files: the seller's paper list, what stands here, and who let it in; each change by two people."""

from datetime import UTC, datetime

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


SINCE = datetime(2020, 1, 1, tzinfo=UTC)
KINDS = ("files-load", "files-release")
RULE = {
    "requesters": ["compliance_officer"], "approvers": ["compliance_officer", "security_officer"],
    "excluded": ["line", "target", "target-line"],
}
# What was entered from a paper is never rewritten. The key of the sums goes only with the transfer's end.
KEEP = """
REVOKE UPDATE, DELETE ON transfers_sellerlist FROM custodian_app;
REVOKE UPDATE, DELETE ON transfers_filesload FROM custodian_app;
ALTER TABLE transfers_sellerlist ALTER COLUMN sums_sealed SET STATISTICS 0;
ALTER TABLE transfers_arrivedsums ALTER COLUMN sums_sealed SET STATISTICS 0;
CREATE FUNCTION transfers_forget_lists(gone bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM keys.data_key k USING transfers_transfer t
    WHERE t.id = gone AND t.status <> 'open' AND k.holding IN (
        SELECT holding FROM transfers_sellerlist WHERE transfer_id = gone
        UNION SELECT holding FROM transfers_arrivedsums WHERE transfer_id = gone);
$$;
REVOKE ALL ON FUNCTION transfers_forget_lists(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION transfers_forget_lists(bigint) TO custodian_app;
"""
CHANGE = """
DROP FUNCTION transfers_forget_lists(bigint);
GRANT UPDATE, DELETE ON transfers_sellerlist, transfers_filesload TO custodian_app;
"""


def seed(apps, schema_editor):
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(kind=kind, since=SINCE, **RULE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0036_let_books_move'),
        ('records', '0025_survey_files_and_keep_mappings'),
        ('transfers', '0007_tell_who_arrived'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ArrivedSums',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('status', models.CharField(choices=[('queued', '排队'), ('running', '进行中'), ('paused', '已暂停'), ('failed', '失败，可续作'), ('done', '完成'), ('refused', '已拒收')], default='queued', max_length=16, verbose_name='状态')),
                ('total', models.PositiveBigIntegerField(null=True)),
                ('done', models.PositiveBigIntegerField(default=0)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(default=custodian.clock.now, verbose_name='提交时间')),
                ('started_at', models.DateTimeField(null=True, verbose_name='开始时间')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('leased_by', models.UUIDField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('policies', models.PositiveBigIntegerField(default=0)),
                ('holding', models.UUIDField(null=True)),
                ('sums_sealed', models.BinaryField(default=b'')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='arrived_sums', to='transfers.transfer')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='FilesLoad',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ordered_at', models.DateTimeField(default=custodian.clock.now)),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.importrun')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files_loads', to='transfers.transfer')),
            ],
        ),
        migrations.CreateModel(
            name='SellerList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('counts', models.JSONField()),
                ('holding', models.UUIDField()),
                ('sums_sealed', models.BinaryField()),
                ('sums_digest', models.CharField(max_length=64)),
                ('entered_at', models.DateTimeField(default=custodian.clock.now, verbose_name='录入时间')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='录入人')),
                ('paper', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.transferpaper')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seller_lists', to='transfers.transfer')),
            ],
            options={
                'verbose_name': '转出方清单',
                'verbose_name_plural': '转出方清单',
                'ordering': ('-number',),
                'constraints': [models.UniqueConstraint(fields=('transfer', 'number'), name='seller_lists_are_counted')],
            },
        ),
        migrations.RunSQL(KEEP, CHANGE),
        migrations.RunPython(seed, unseed),
    ]
