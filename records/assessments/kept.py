"""How long assessments are kept: three years from the end of their time at least (PIPL art. 56)."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, TruncDate
from django.utils.translation import gettext_lazy as _

from records.models import AssessmentCondition, ImpactAssessment, ProductVersion
from records.retention import own_records


def _over() -> QuerySet[ImpactAssessment]:
    """Approved ones; the database itself keeps them for three years, whatever a rule says."""
    return ImpactAssessment.objects.approved()


def ready() -> None:
    own_records.register(
        own_records.Rows(
            "impact-assessment",
            _("影响评估"),
            "assessment",
            _("删除评估及其条件；批准后三年之内数据库拒绝删除"),
            _over,
            Greatest(F("review_on"), TruncDate("approved_at")),
            along=((AssessmentCondition, "assessment"),),
            everything=ImpactAssessment.objects.all,
        ),
        own_records.Stays(
            "product-version",
            _("险种的备案与销售期"),
            _("保留：何时可以销售，是核对保单的依据；不含客户资料"),
            ProductVersion.objects.all,
        ),
    )
