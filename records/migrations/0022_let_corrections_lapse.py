"""A correction of what is destroyed meanwhile ends with a reason of its own; only the choices grow."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0010_take_requests")]

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
    ]
