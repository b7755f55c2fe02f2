"""Who asks for somebody else is named, and a correction of what is destroyed meanwhile ends with a reason."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


def asker() -> models.ForeignKey:
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="access.subject",
    )



class Migration(migrations.Migration):
    dependencies = [("records", "0017_publish_texts")]

    operations = [
        migrations.AlterField(
            model_name="correction",
            name="refusal",
            field=models.CharField(
                blank=True,
                choices=[
                    ("evidence", "证明材料看不清或不足"),
                    ("mismatch", "证明材料与要改的内容不一致"),
                    ("unconfirmed", "没有在期限内得到您本人的确认"),
                    ("not-yours", "无法确认是您本人或您授权的人提出"),
                    ("right", "核对后，原来的内容没有错"),
                    ("contract", "这一项属于保单内容，须办理保全变更"),
                    ("gone", "这些资料已依法停止使用或销毁，没有可以更正的内容"),
                ],
                max_length=12,
                verbose_name="不予更正的理由",
            ),
        ),
        migrations.AddField(model_name="correction", name="asker", field=asker()),
        migrations.AddField(
            model_name="correction", name="told_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(model_name="customerrequest", name="asker", field=asker()),
        migrations.AddField(
            model_name="customerrequest",
            name="capacity",
            field=models.CharField(blank=True, default="", max_length=12),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="customerrequest",
            constraint=models.CheckConstraint(
                condition=Q(asked_by="representative") | Q(capacity="", asker=None),
                name="request_of_herself_names_nobody_else",
            ),
        ),
    ]
