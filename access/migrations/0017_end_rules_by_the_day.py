"""A rule may say how many customers a person sees by it in a day."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0016_exports'),
    ]

    operations = [
        migrations.AddField(
            model_name='policyrule',
            name='daily',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='每人每天至多几名客户'),
        ),
    ]
