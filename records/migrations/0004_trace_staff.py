"""Fingerprints of the staff's own values, so that audits see who looks at kin."""

import custodian.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


SCOPE = """
ALTER TABLE records_stafftrace ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_stafftrace FORCE ROW LEVEL SECURITY;
CREATE POLICY stafftrace_scope ON records_stafftrace USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
ALTER TABLE records_stafftrace ALTER COLUMN digest SET STATISTICS 0;
"""
UNSCOPE = """
DROP POLICY stafftrace_scope ON records_stafftrace;
ALTER TABLE records_stafftrace NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_stafftrace DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0003_tell_rows_apart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StaffTrace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('element', models.CharField(max_length=60)),
                ('digest', models.BinaryField(max_length=16)),
                ('since', models.DateTimeField(default=custodian.clock.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'element', 'digest'), name='staff_trace_is_kept_once')],
            },
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
