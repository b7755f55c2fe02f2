"""A counterparty that is given something acts under a role of its own, which no member of staff has."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0030_let_bundles_go'),
    ]

    operations = [
        migrations.AlterField(
            model_name='course',
            name='roles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('agent', '代理人'), ('claims_handler', '理赔人员'), ('service_desk', '客服'), ('compliance_officer', '合规官'), ('security_officer', '安全官'), ('auditor', '审计'), ('regulator', '监管'), ('administrator', '系统管理员'), ('customer', '客户本人'), ('partner', '合作方'), ('system', '系统作业')], max_length=24), blank=True, default=list, size=None, verbose_name='适用岗位'),
        ),
        migrations.AlterField(
            model_name='policyrule',
            name='role',
            field=models.CharField(choices=[('agent', '代理人'), ('claims_handler', '理赔人员'), ('service_desk', '客服'), ('compliance_officer', '合规官'), ('security_officer', '安全官'), ('auditor', '审计'), ('regulator', '监管'), ('administrator', '系统管理员'), ('customer', '客户本人'), ('partner', '合作方'), ('system', '系统作业')], max_length=24, verbose_name='岗位'),
        ),
        migrations.AlterField(
            model_name='quota',
            name='role',
            field=models.CharField(blank=True, choices=[('agent', '代理人'), ('claims_handler', '理赔人员'), ('service_desk', '客服'), ('compliance_officer', '合规官'), ('security_officer', '安全官'), ('auditor', '审计'), ('regulator', '监管'), ('administrator', '系统管理员'), ('customer', '客户本人'), ('partner', '合作方'), ('system', '系统作业')], max_length=24, verbose_name='岗位'),
        ),
        migrations.AlterField(
            model_name='undertaking',
            name='roles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('agent', '代理人'), ('claims_handler', '理赔人员'), ('service_desk', '客服'), ('compliance_officer', '合规官'), ('security_officer', '安全官'), ('auditor', '审计'), ('regulator', '监管'), ('administrator', '系统管理员'), ('customer', '客户本人'), ('partner', '合作方'), ('system', '系统作业')], max_length=24), blank=True, default=list, size=None, verbose_name='适用岗位'),
        ),
        migrations.AlterField(
            model_name='user',
            name='role',
            field=models.CharField(choices=[('agent', '代理人'), ('claims_handler', '理赔人员'), ('service_desk', '客服'), ('compliance_officer', '合规官'), ('security_officer', '安全官'), ('auditor', '审计'), ('regulator', '监管'), ('administrator', '系统管理员'), ('customer', '客户本人'), ('partner', '合作方'), ('system', '系统作业')], max_length=24, verbose_name='岗位'),
        ),
    ]
