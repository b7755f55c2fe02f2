"""An alert ends with the cause of its finding."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0001_open_incidents'),
    ]

    operations = [
        migrations.AlterField(
            model_name='alert',
            name='status',
            field=models.CharField(choices=[('new', '待分诊'), ('case', '已立案'), ('false_alarm', '误报'), ('settled', '原因已消除')], default='new', max_length=12, verbose_name='状态'),
        ),
    ]
