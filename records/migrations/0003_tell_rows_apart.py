"""Keyed digests of what each row said, so that the same file twice changes nothing."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_seed_access_rules"),
        ("records", "0002_scope_records"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="importrun",
            name="import_run_accounts_for_every_row",
        ),
        migrations.AddField(
            model_name="claim",
            name="row_digest",
            field=models.BinaryField(default=b"", max_length=16),
        ),
        migrations.AddField(
            model_name="customer",
            name="row_digest",
            field=models.BinaryField(default=b"", max_length=16),
        ),
        migrations.AddField(
            model_name="importrun",
            name="unit",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="access.unit",
                verbose_name="机构",
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="row_digest",
            field=models.BinaryField(default=b"", max_length=16),
        ),
        migrations.AddField(
            model_name="quarantinedrow",
            name="key_digest",
            field=models.BinaryField(default=b"", max_length=16),
        ),
        migrations.AddIndex(
            model_name="quarantinedrow",
            index=models.Index(
                fields=["book", "kind", "key_digest"], name="quarantined_row_by_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rows_in",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("kept"), "+", models.F("unchanged")
                            ),
                            "+",
                            models.F("quarantined"),
                        ),
                    )
                ),
                name="import_run_accounts_for_every_row",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE records_customer ALTER COLUMN row_digest SET STATISTICS 0;"
            "ALTER TABLE records_policy ALTER COLUMN row_digest SET STATISTICS 0;"
            "ALTER TABLE records_claim ALTER COLUMN row_digest SET STATISTICS 0;",
            migrations.RunSQL.noop,
        ),
    ]
