"""Tables of what went wrong, or may."""

from incidents.models.affected import AffectedList
from incidents.models.alerts import Alert
from incidents.models.assessments import Assessment, IncidentClock, Severity
from incidents.models.audit_rounds import AuditRound
from incidents.models.case_records import (
    Custody,
    IncidentEvidence,
    IncidentLink,
    TimelineEntry,
)
from incidents.models.cases import Incident, IncidentTask, Kind, Member
from incidents.models.controls import ControlCheck
from incidents.models.cuts import UnitCut
from incidents.models.exercises import Exercise
from incidents.models.fraud import (
    FraudCase,
    FraudEntry,
    FraudLink,
    FraudMember,
    FraudSignal,
    FraudSuppression,
    FraudTask,
)
from incidents.models.fraud_files import FraudAsk, FraudCustody, FraudEvidence
from incidents.models.fraud_shared import (
    FraudShared,
    FraudSharedBad,
    FraudSharedIndex,
    FraudSharedRow,
)
from incidents.models.layouts import ListLayout
from incidents.models.notices import IncidentNotice, NoticeBatch, NoticeExemption
from incidents.models.own_tellings import OwnTelling
from incidents.models.rehire import (
    FlagAside,
    FlagBatch,
    FlagOverride,
    FlagRelease,
    RehireFlag,
    Screening,
)
from incidents.models.remedies import DueTelling, IncidentRemedy, IncidentReview
from incidents.models.reports import IncidentReport
from incidents.models.risk_assessments import RiskAssessment
from incidents.models.risks import Risk, RiskAction, RiskEvent
from incidents.models.sanctions import (
    SanctionAnswer,
    SanctionCase,
    SanctionEntry,
    SanctionMember,
    SanctionPaper,
    SanctionRuling,
    SanctionSupervisor,
)
from incidents.models.traces import LeakTrace, TraceTaking

__all__ = [
    "AffectedList",
    "Alert",
    "Assessment",
    "AuditRound",
    "ControlCheck",
    "Custody",
    "DueTelling",
    "Exercise",
    "FlagAside",
    "FlagBatch",
    "FlagOverride",
    "FlagRelease",
    "FraudAsk",
    "FraudCase",
    "FraudCustody",
    "FraudEntry",
    "FraudEvidence",
    "FraudLink",
    "FraudMember",
    "FraudShared",
    "FraudSharedBad",
    "FraudSharedIndex",
    "FraudSharedRow",
    "FraudSignal",
    "FraudSuppression",
    "FraudTask",
    "Incident",
    "IncidentClock",
    "IncidentEvidence",
    "IncidentLink",
    "IncidentNotice",
    "IncidentRemedy",
    "IncidentReport",
    "IncidentReview",
    "IncidentTask",
    "Kind",
    "LeakTrace",
    "ListLayout",
    "Member",
    "NoticeBatch",
    "NoticeExemption",
    "OwnTelling",
    "RehireFlag",
    "Risk",
    "RiskAction",
    "RiskAssessment",
    "RiskEvent",
    "SanctionAnswer",
    "SanctionCase",
    "SanctionEntry",
    "SanctionMember",
    "SanctionPaper",
    "SanctionRuling",
    "SanctionSupervisor",
    "Screening",
    "Severity",
    "TimelineEntry",
    "TraceTaking",
    "UnitCut",
]
