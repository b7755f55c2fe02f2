"""Papers of a claim have a number within it, and say what they are (until here nothing filed any).

A copy of one's own data may be an archive that holds the filed documents as well.
"""

from django.db import migrations, models
from django.utils.translation import pgettext_lazy

KINDS = [
    ("identity", "身份证明"),
    ("relation", "与被保险人的关系证明"),
    ("medical", "病历、诊断证明"),
    ("invoice", "费用发票与清单"),
    ("accident", "事故证明"),
    ("death", "死亡证明"),
    ("account", "收款账户证明"),
    ("other", pgettext_lazy("材料", "其他材料")),
]
FORMATS = [
    ("pdf", "PDF，便于阅读"),
    ("json", "JSON，便于交给别的机构"),
    ("zip", "ZIP，含 PDF、JSON 和已归档的文件"),
]


class Migration(migrations.Migration):
    dependencies = [("records", "0018_name_the_asker_and_let_corrections_lapse")]
    operations = [
        migrations.AddField(
            "claimpaper", "number", models.PositiveSmallIntegerField(default=0), preserve_default=False
        ),
        migrations.AddField(
            "claimpaper",
            "kind",
            models.CharField("材料", max_length=10, choices=KINDS, default="other"),
            preserve_default=False,
        ),
        migrations.AlterModelOptions("claimpaper", {"ordering": ("number",)}),
        migrations.AddConstraint(
            "claimpaper",
            models.UniqueConstraint(fields=["claim", "number"], name="claim_paper_number_is_unique"),
        ),
        migrations.AlterField(
            "datacopy",
            "format",
            models.CharField("格式", max_length=4, choices=FORMATS),
        ),
    ]
