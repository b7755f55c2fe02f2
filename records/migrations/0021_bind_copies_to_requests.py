"""A copy of one's own data may answer a request: it is bound to it, and tried again while it fails."""

import django.db.models.deletion
from django.db import migrations, models

STEPS = [
    ("received", "收到申请"), ("proven", "核验身份"), ("accepted", "受理"), ("working", "开始办理"),
    ("asked", "请您补充说明"), ("said", "收到您的补充"), ("moved_on", "转合规部门办理"),
    ("extended", "延长期限"), ("preparing", "正在备副本"), ("ready", "副本已备好"),
    ("done", "已按决定办理"), ("answered", "答复"), ("partly", "部分办理"), ("refused", "不予办理"),
    ("withdrawn", "您已撤回"), ("lifted", "已解除"), ("rated", "收到您的评价"),
]


class Migration(migrations.Migration):
    dependencies = [("records", "0020_let_texts_go_and_consents_come")]

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
    ]
