"""Every act that is decided and logged, and which roles may attempt it at all."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from access.vocabulary import STAFF_ROLES, Role

_OFFICERS = frozenset({Role.COMPLIANCE_OFFICER})
_WATCHERS = frozenset({Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER, Role.AUDITOR})
_HANDLERS = frozenset({Role.CLAIMS_HANDLER})
_DESK = frozenset({Role.AGENT, Role.CLAIMS_HANDLER, Role.SERVICE_DESK})
_CUSTOMER_READERS = _DESK | _WATCHERS
_ANSWERERS = frozenset({Role.COMPLIANCE_OFFICER, Role.SERVICE_DESK})  # of customers' requests
_GUESTS = frozenset({Role.AUDITOR, Role.REGULATOR})  # of a case
_STAFF = frozenset(STAFF_ROLES)
_CUSTOMERS = frozenset({Role.CUSTOMER})
_INSURERS = _STAFF - {Role.REGULATOR}  # the insurer's own people, who may have others under them


class Action(StrEnum):
    ALERT_READ = "incidents:alert:read"
    API_TOKEN_GRANT = "access:token:grant"  # noqa: S105
    API_TOKEN_ISSUE = "access:token:issue"  # noqa: S105
    API_TOKEN_READ = "access:token:read"  # noqa: S105
    API_TOKEN_REVOKE = "access:token:revoke"  # noqa: S105
    APPROVAL_READ = "access:approval:read"
    APPROVAL_RULE_APPROVE = "access:approval-rule:approve"
    APPROVAL_RULE_PROPOSE = "access:approval-rule:propose"
    ASSIGNMENT_CHANGE = "access:assignment:change"
    AUDIT_REPORT_TAKE = "access:audit-report:take"
    AUDIT_RULE_APPROVE = "access:audit-rule:approve"
    AUDIT_RULE_PROPOSE = "access:audit-rule:propose"
    AUDIT_RUN = "access:audit:run"
    AUTHENTICATE = "access:session:open"
    BACK_OFFICE_OPEN = "custodian:back-office:open"
    BREAK_GLASS_OPEN = "access:break-glass:open"
    BREAK_GLASS_READ = "access:break-glass:read"
    BREAK_GLASS_REVIEW = "access:break-glass:review"
    BUNDLE_PREPARE = "access:bundle:prepare"
    BUNDLE_TAKE = "access:bundle:take"
    BOOK_IMPORT = "records:book:import"
    BOOK_READ = "records:book:read"
    CASE_APPROVE = "access:case:approve"
    CASE_CLOSE = "access:case:close"
    CASE_OPEN = "access:case:open"
    CASE_READ = "access:case:read"
    CATALOGUE_READ = "records:catalogue:read"
    CHECKPOINT_TAKE = "access:checkpoint:take"
    CONTACT_FLAG = "records:contact:flag"
    CLAIM_AGREE = "records:claim:agree"
    CLAIM_ANALYSE = "records:claim:analyse"
    CLAIM_DECIDE = "records:claim:decide"
    CLAIM_FILE = "records:claim:file"
    CLAIM_HANDLE = "records:claim:handle"
    CLAIM_PAY = "records:claim:pay"
    CLAIM_READ = "records:claim:read"
    CLAIM_TERMS_APPROVE = "records:claim-terms:approve"
    CLAIM_TERMS_PROPOSE = "records:claim-terms:propose"
    CORRECTION_APPLY = "records:correction:apply"
    CORRECTION_APPROVE = "records:correction:approve"
    CORRECTION_CHECK = "records:correction:check"
    CORRECTION_COMPARE = "records:correction:compare"
    CORRECTION_CONFIRM = "records:correction:confirm"
    CORRECTION_RAISE = "records:correction:raise"
    CORRECTION_READ = "records:correction:read"
    COUNTERPARTY_READ = "transfers:counterparty:read"
    CUSTOMER_CHANGE = "records:customer:change"
    CUSTOMER_CREATE = "records:customer:create"
    CUSTOMER_EXPORT = "records:customer:export"
    CUSTOMER_LIST = "records:customer:list"
    CUSTOMER_REVEAL = "records:customer:reveal"
    CUSTOMER_SEARCH = "records:customer:search"
    CUSTOMER_VIEW = "records:customer:view"
    DEMO_BEGIN = "custodian:demo:begin"
    DOCUMENT_ADD = "records:document:add"
    DOCUMENT_READ = "records:document:read"
    FINDING_ANSWER = "access:finding:answer"
    FINDING_ASK = "access:finding:ask"
    FINDING_DECIDE = "access:finding:decide"
    ENTRY_CODE_ISSUE = "records:entry-code:issue"
    ENTRY_LETTER_APPROVE = "records:entry-letter:approve"
    ENTRY_LETTER_ASK = "records:entry-letter:ask"
    EXPORT_APPROVE = "access:export:approve"
    EXPORT_END = "access:export:end"
    EXPORT_READ = "access:export:read"
    EXPORT_RECOGNISE = "access:export:recognise"
    EXPORT_REQUEST = "access:export:request"
    EXPORT_TAKE = "access:export:take"
    FINDING_READ = "access:finding:read"
    GRANT_APPROVE = "access:grant:approve"
    GRANT_END = "access:grant:end"
    GRANT_READ = "access:grant:read"
    GRANT_REQUEST = "access:grant:request"
    CLOCK_RECKON = "access:clock:reckon"
    LAW_APPROVE = "access:law:approve"
    LAW_PROPOSE = "access:law:propose"
    LAW_READ = "access:law:read"
    LEGAL_HOLD_APPROVE = "records:legal-hold:approve"
    LEGAL_HOLD_PLACE = "records:legal-hold:place"
    LEGAL_HOLD_READ = "records:legal-hold:read"
    LEGAL_HOLD_RELEASE = "records:legal-hold:release"
    LEGAL_HOLD_REVIEW = "records:legal-hold:review"
    LOG_CONTEXT_READ = "access:log-context:read"
    LOG_ENTRIES_READ = "access:log-entry:read"
    LOG_EXPORT = "access:log:export"
    LOG_READ = "access:log:read"
    LOG_SUBJECT_ERASE = "access:log-subject:erase"
    LOG_SUBJECT_READ = "access:log-subject:read"
    LOG_VERIFY = "access:log:verify"
    LOOK_DELAY_APPROVE = "access:look-delay:approve"
    LOOK_DELAY_ASK = "access:look-delay:ask"
    LOOK_DELAY_READ = "access:look-delay:read"
    LOOK_DELAY_RELEASE = "access:look-delay:release"
    PASSWORD_CHANGE = "access:password:change"  # noqa: S105
    PASSWORD_LINK_ISSUE = "access:password-link:issue"  # noqa: S105
    POLICY_RULE_APPROVE = "access:policy-rule:approve"
    POLICY_RULE_PROPOSE = "access:policy-rule:propose"
    POLICY_RULE_READ = "access:policy-rule:read"
    POLICY_RULE_REPLAY = "access:policy-rule:replay"
    OWN_COPY_ASK = "records:own-copy:ask"
    OWN_COPY_MAKE = "records:own-copy:make"
    OWN_COPY_TAKE = "records:own-copy:take"
    OWN_LOOKS_READ = "access:own-looks:read"
    PORTAL_CLOSE = "access:portal-session:close"
    PORTAL_CODE_ASK = "records:portal-code:ask"
    PORTAL_CODE_SEND = "records:portal-code:send"
    PORTAL_OPEN = "access:portal-session:open"
    PORTAL_SESSIONS_END = "access:portal-session:end-all"
    QUARANTINE_FIX = "records:quarantine:fix"
    QUOTA_APPROVE = "access:quota:approve"
    QUOTA_PROPOSE = "access:quota:propose"
    QUOTA_READ = "access:quota:read"
    QUARANTINE_READ = "records:quarantine:read"
    RECERTIFICATION_APPLY = "access:recertification:apply"
    RECERTIFICATION_APPROVE = "access:recertification:approve"
    RECERTIFICATION_DECIDE = "access:recertification:decide"
    RECERTIFICATION_OPEN = "access:recertification:open"
    RECERTIFICATION_READ = "access:recertification:read"
    RECERTIFICATION_REVIEW = "access:recertification:review"
    SECOND_FACTOR_ENROL = "access:second-factor:enrol"
    SECOND_FACTOR_SHOW = "access:second-factor:show"
    SESSION_CLOSE = "access:session:close"
    REPRESENTATIVE_APPROVE = "records:representative:approve"
    REPRESENTATIVE_PROPOSE = "records:representative:propose"
    RETENTION_APPROVE = "records:destruction:approve"
    RETENTION_DESTROY = "records:destruction:carry-out"
    RETENTION_NOTE = "records:retention:note"
    RETENTION_NOTE_APPROVE = "records:retention:approve-note"
    RETENTION_PROPOSE = "records:destruction:propose"
    RETENTION_READ = "records:retention:read"
    RETENTION_RECKON = "records:retention:reckon"
    RECORDS_EXPIRE = "records:own-records:expire"
    REQUEST_DECIDE = "records:request:decide"
    REQUEST_EXTEND = "records:request:extend"
    REQUEST_EXTEND_APPROVE = "records:request:approve-extension"
    REQUEST_HANDLE = "records:request:handle"
    REQUEST_LIST = "records:request:list"
    REQUEST_OPEN = "records:request:open"
    REQUEST_READ = "records:request:read"
    REQUEST_SAY = "records:request:say"
    REQUEST_WORK = "records:request:work"
    SESSION_END = "access:session:end"
    STEP_UP = "access:session:step-up"
    SUBJECT_MARK = "access:subject:mark"
    TRAINING_APPROVE = "access:training:approve"
    TRAINING_LOAD = "access:training:load"
    TRAINING_PROPOSE = "access:training:propose"
    TRAINING_READ = "access:training:read"
    TRAINING_TAKE = "access:training:take"
    UNDERTAKING_SIGN = "access:undertaking:sign"
    UNIT_CHANGE = "access:unit:change"
    USER_CHANGE = "access:user:change"
    USER_READ = "access:user:read"
    WORK_ITEM_CLOSE = "access:work-item:close"
    WORK_ITEM_OPEN = "access:work-item:open"
    WORK_ITEM_READ = "access:work-item:read"
    WORK_ITEM_TAKE = "access:work-item:take"
    MEDIA_DISPOSAL_APPROVE = "records:media-disposal:approve"
    MEDIA_DISPOSAL_PROPOSE = "records:media-disposal:propose"
    STORAGE_CHANGE = "records:storage:change"
    STORAGE_READ = "records:storage:read"
    STORAGE_SCRUB = "records:storage:scrub"
    KEY_DESTROY = "access:key:destroy"
    KEY_READ = "access:key:read"
    KEY_ROTATE = "access:key:rotate"
    BACKUP_MAKE = "custodian:backup:make"
    RESTORE_RECONCILE = "custodian:restore:reconcile"
    INDEX_REBUILD = "records:index:rebuild"


# The word in the log for each act; an act that is not listed here is an `admin` act.
ACT: Mapping[Action, str] = {
    Action.CLAIM_READ: "list",
    Action.CUSTOMER_LIST: "list",
    Action.WORK_ITEM_READ: "list",
    Action.CUSTOMER_SEARCH: "search",
    Action.CUSTOMER_VIEW: "view",
    Action.CUSTOMER_REVEAL: "reveal",
    Action.DOCUMENT_READ: "reveal",
    Action.QUARANTINE_READ: "reveal",
    Action.LOG_CONTEXT_READ: "reveal",
    Action.LOG_EXPORT: "export",
    Action.BUNDLE_TAKE: "export",
    Action.CUSTOMER_EXPORT: "export",
    Action.EXPORT_TAKE: "export",
    Action.LOG_SUBJECT_ERASE: "erase",
    Action.LOG_SUBJECT_READ: "view",
    Action.AUTHENTICATE: "login",
    Action.SECOND_FACTOR_SHOW: "second-factor",
    Action.SESSION_CLOSE: "logout",
    Action.STEP_UP: "step-up",
    Action.DEMO_BEGIN: "demo.begin",
    Action.API_TOKEN_GRANT: "change",
    Action.API_TOKEN_ISSUE: "change",
    Action.API_TOKEN_REVOKE: "change",
    Action.APPROVAL_RULE_APPROVE: "change",
    Action.APPROVAL_RULE_PROPOSE: "change",
    Action.ASSIGNMENT_CHANGE: "change",
    Action.AUDIT_REPORT_TAKE: "export",
    Action.AUDIT_RULE_APPROVE: "change",
    Action.AUDIT_RULE_PROPOSE: "change",
    Action.CONTACT_FLAG: "change",
    Action.CUSTOMER_CHANGE: "change",
    Action.CUSTOMER_CREATE: "change",
    Action.BOOK_IMPORT: "change",
    Action.BREAK_GLASS_OPEN: "change",
    Action.BREAK_GLASS_REVIEW: "change",
    Action.BUNDLE_PREPARE: "change",
    Action.CASE_APPROVE: "change",
    Action.CASE_CLOSE: "change",
    Action.CASE_OPEN: "change",
    Action.CLAIM_AGREE: "change",
    Action.CLAIM_DECIDE: "change",
    Action.CLAIM_FILE: "change",
    Action.CLAIM_HANDLE: "change",
    Action.CLAIM_PAY: "change",
    Action.CLAIM_TERMS_APPROVE: "change",
    Action.CLAIM_TERMS_PROPOSE: "change",
    Action.CORRECTION_APPLY: "change",
    Action.CORRECTION_APPROVE: "change",
    Action.CORRECTION_CHECK: "change",
    Action.CORRECTION_CONFIRM: "change",
    Action.CORRECTION_RAISE: "change",
    Action.CORRECTION_READ: "list",
    Action.DOCUMENT_ADD: "change",
    Action.FINDING_ANSWER: "change",
    Action.FINDING_ASK: "change",
    Action.FINDING_DECIDE: "change",
    Action.ENTRY_CODE_ISSUE: "change",
    Action.ENTRY_LETTER_APPROVE: "change",
    Action.ENTRY_LETTER_ASK: "change",
    Action.EXPORT_APPROVE: "change",
    Action.EXPORT_END: "change",
    Action.EXPORT_REQUEST: "change",
    Action.GRANT_APPROVE: "change",
    Action.GRANT_END: "change",
    Action.GRANT_REQUEST: "change",
    Action.CLOCK_RECKON: "change",
    Action.LAW_APPROVE: "change",
    Action.LAW_PROPOSE: "change",
    Action.LEGAL_HOLD_APPROVE: "change",
    Action.LEGAL_HOLD_PLACE: "change",
    Action.LEGAL_HOLD_RELEASE: "change",
    Action.LEGAL_HOLD_REVIEW: "change",
    Action.PASSWORD_CHANGE: "change",
    Action.POLICY_RULE_APPROVE: "change",
    Action.POLICY_RULE_PROPOSE: "change",
    Action.PASSWORD_LINK_ISSUE: "change",
    Action.LOOK_DELAY_APPROVE: "change",
    Action.LOOK_DELAY_ASK: "change",
    Action.LOOK_DELAY_RELEASE: "change",
    Action.OWN_COPY_ASK: "change",
    Action.OWN_COPY_MAKE: "export",
    Action.OWN_COPY_TAKE: "export",
    Action.OWN_LOOKS_READ: "view",
    Action.PORTAL_CLOSE: "logout",
    Action.PORTAL_OPEN: "login",
    Action.PORTAL_SESSIONS_END: "change",
    Action.QUARANTINE_FIX: "change",
    Action.QUOTA_APPROVE: "change",
    Action.QUOTA_PROPOSE: "change",
    Action.RECERTIFICATION_APPLY: "change",
    Action.RECERTIFICATION_APPROVE: "change",
    Action.RECERTIFICATION_DECIDE: "change",
    Action.RECERTIFICATION_OPEN: "change",
    Action.REPRESENTATIVE_APPROVE: "change",
    Action.REPRESENTATIVE_PROPOSE: "change",
    Action.RETENTION_APPROVE: "change",
    Action.RETENTION_DESTROY: "destroy",
    Action.RETENTION_NOTE: "change",
    Action.RETENTION_NOTE_APPROVE: "change",
    Action.RETENTION_PROPOSE: "change",
    Action.RETENTION_RECKON: "change",
    Action.RECORDS_EXPIRE: "destroy",
    Action.REQUEST_DECIDE: "change",
    Action.REQUEST_EXTEND: "change",
    Action.REQUEST_EXTEND_APPROVE: "change",
    Action.REQUEST_HANDLE: "change",
    Action.REQUEST_LIST: "list",
    Action.REQUEST_OPEN: "change",
    Action.REQUEST_READ: "reveal",
    Action.REQUEST_SAY: "change",
    Action.REQUEST_WORK: "change",
    Action.SECOND_FACTOR_ENROL: "change",
    Action.SESSION_END: "change",
    Action.SUBJECT_MARK: "change",
    Action.TRAINING_APPROVE: "change",
    Action.TRAINING_LOAD: "change",
    Action.TRAINING_PROPOSE: "change",
    Action.TRAINING_TAKE: "change",
    Action.UNDERTAKING_SIGN: "change",
    Action.UNIT_CHANGE: "change",
    Action.USER_CHANGE: "change",
    Action.WORK_ITEM_CLOSE: "change",
    Action.WORK_ITEM_OPEN: "change",
    Action.WORK_ITEM_TAKE: "change",
    Action.MEDIA_DISPOSAL_APPROVE: "change",
    Action.MEDIA_DISPOSAL_PROPOSE: "change",
    Action.STORAGE_CHANGE: "change",
    Action.KEY_DESTROY: "change",
    Action.KEY_ROTATE: "change",
    Action.RESTORE_RECONCILE: "change",
}

ROLES: Mapping[Action, frozenset[Role]] = {
    Action.ALERT_READ: _WATCHERS,
    Action.API_TOKEN_GRANT: _OFFICERS,
    Action.API_TOKEN_ISSUE: frozenset({Role.ADMINISTRATOR}),
    Action.API_TOKEN_READ: _WATCHERS | {Role.ADMINISTRATOR},
    Action.API_TOKEN_REVOKE: frozenset({Role.ADMINISTRATOR, Role.SECURITY_OFFICER}),
    Action.APPROVAL_READ: _WATCHERS,
    # Who of these may approve which act stands in the rules of approval.
    Action.APPROVAL_RULE_APPROVE: _WATCHERS,
    Action.APPROVAL_RULE_PROPOSE: _OFFICERS,
    Action.ASSIGNMENT_CHANGE: _OFFICERS,
    Action.AUDIT_REPORT_TAKE: _WATCHERS,
    Action.AUDIT_RULE_APPROVE: _WATCHERS,
    Action.AUDIT_RULE_PROPOSE: _OFFICERS,
    Action.AUDIT_RUN: frozenset(),
    Action.AUTHENTICATE: _STAFF,
    Action.BACK_OFFICE_OPEN: _WATCHERS | {Role.ADMINISTRATOR},
    Action.BOOK_IMPORT: _OFFICERS,
    Action.BREAK_GLASS_OPEN: _DESK,
    Action.BREAK_GLASS_READ: _WATCHERS,
    Action.BREAK_GLASS_REVIEW: _OFFICERS | {Role.SECURITY_OFFICER},
    Action.BUNDLE_PREPARE: _OFFICERS | _GUESTS,
    Action.BUNDLE_TAKE: _OFFICERS | _GUESTS,
    Action.CASE_APPROVE: _WATCHERS,
    Action.CASE_CLOSE: _OFFICERS,
    Action.CASE_OPEN: _OFFICERS,
    Action.CASE_READ: _WATCHERS | _GUESTS,
    Action.CHECKPOINT_TAKE: _WATCHERS | _GUESTS,
    Action.BOOK_READ: _WATCHERS,
    Action.CATALOGUE_READ: _WATCHERS | {Role.REGULATOR},
    Action.CONTACT_FLAG: frozenset({Role.SERVICE_DESK}) | _OFFICERS,
    Action.CLAIM_AGREE: _HANDLERS | _CUSTOMERS,
    Action.CLAIM_ANALYSE: _WATCHERS,
    # Who of these may approve a decision stands in the rules of approval.
    Action.CLAIM_DECIDE: _HANDLERS | _OFFICERS,
    Action.CLAIM_FILE: _DESK | _CUSTOMERS,
    Action.CLAIM_HANDLE: _HANDLERS,
    Action.CLAIM_PAY: _HANDLERS,
    Action.CLAIM_READ: _CUSTOMER_READERS,
    Action.CLAIM_TERMS_APPROVE: _WATCHERS,
    Action.CLAIM_TERMS_PROPOSE: _OFFICERS,
    Action.CORRECTION_APPLY: frozenset(),
    Action.CORRECTION_APPROVE: _WATCHERS,
    # Whoever serves a customer of his own may raise one, and neither checks nor confirms it.
    Action.CORRECTION_CHECK: frozenset({Role.SERVICE_DESK, Role.COMPLIANCE_OFFICER}),
    Action.CORRECTION_COMPARE: frozenset(),
    Action.CORRECTION_CONFIRM: _CUSTOMERS | {Role.SERVICE_DESK},
    Action.CORRECTION_RAISE: _DESK | _OFFICERS | _CUSTOMERS,
    Action.CORRECTION_READ: _CUSTOMER_READERS | _CUSTOMERS,
    Action.COUNTERPARTY_READ: _WATCHERS,
    Action.CUSTOMER_CHANGE: _DESK | _OFFICERS,
    Action.CUSTOMER_CREATE: _DESK | _OFFICERS,
    Action.CUSTOMER_EXPORT: _DESK | _OFFICERS,
    Action.CUSTOMER_LIST: _CUSTOMER_READERS,
    Action.CUSTOMER_REVEAL: _CUSTOMER_READERS | _CUSTOMERS,
    Action.CUSTOMER_SEARCH: _CUSTOMER_READERS,
    Action.CUSTOMER_VIEW: _CUSTOMER_READERS | _CUSTOMERS,
    Action.DEMO_BEGIN: frozenset(),
    Action.DOCUMENT_ADD: _DESK | _OFFICERS | _CUSTOMERS,
    Action.DOCUMENT_READ: _DESK | _OFFICERS | _CUSTOMERS,
    Action.FINDING_ANSWER: _STAFF,
    Action.FINDING_ASK: _OFFICERS | {Role.SECURITY_OFFICER},
    Action.FINDING_DECIDE: _OFFICERS | {Role.SECURITY_OFFICER},
    # Never an agent: what proves a customer must not come from whoever could pass for her.
    Action.ENTRY_CODE_ISSUE: frozenset({Role.SERVICE_DESK}),
    Action.ENTRY_LETTER_APPROVE: _OFFICERS,
    Action.ENTRY_LETTER_ASK: frozenset({Role.SERVICE_DESK}),
    Action.EXPORT_APPROVE: _WATCHERS,
    Action.EXPORT_END: _OFFICERS | {Role.SECURITY_OFFICER},
    Action.EXPORT_READ: _WATCHERS,
    Action.EXPORT_RECOGNISE: _OFFICERS | {Role.SECURITY_OFFICER},
    Action.EXPORT_REQUEST: _DESK | _OFFICERS,
    Action.EXPORT_TAKE: _CUSTOMER_READERS,
    Action.FINDING_READ: _WATCHERS,
    Action.GRANT_APPROVE: _WATCHERS,
    Action.GRANT_END: _OFFICERS | {Role.SECURITY_OFFICER},
    Action.GRANT_READ: _WATCHERS,
    Action.GRANT_REQUEST: _DESK,
    Action.CLOCK_RECKON: frozenset(),
    Action.LAW_APPROVE: _WATCHERS,
    Action.LAW_PROPOSE: _OFFICERS,
    Action.LAW_READ: _WATCHERS | {Role.ADMINISTRATOR},
    Action.LEGAL_HOLD_APPROVE: _WATCHERS,
    Action.LEGAL_HOLD_PLACE: _OFFICERS | {Role.SECURITY_OFFICER},
    Action.LEGAL_HOLD_READ: _WATCHERS,
    Action.LEGAL_HOLD_RELEASE: _OFFICERS | {Role.SECURITY_OFFICER},
    Action.LEGAL_HOLD_REVIEW: _OFFICERS | {Role.SECURITY_OFFICER},
    Action.LOG_CONTEXT_READ: _WATCHERS,
    Action.LOG_ENTRIES_READ: _WATCHERS | _GUESTS,
    Action.LOG_EXPORT: _WATCHERS,
    Action.LOG_READ: _WATCHERS,
    Action.PASSWORD_CHANGE: _STAFF,
    Action.PASSWORD_LINK_ISSUE: frozenset({Role.ADMINISTRATOR}),
    Action.LOG_SUBJECT_ERASE: frozenset(),
    Action.LOG_SUBJECT_READ: _WATCHERS,
    Action.LOG_VERIFY: _WATCHERS,
    Action.POLICY_RULE_APPROVE: _WATCHERS,
    Action.POLICY_RULE_PROPOSE: _OFFICERS,
    Action.POLICY_RULE_READ: _WATCHERS | {Role.ADMINISTRATOR},
    Action.POLICY_RULE_REPLAY: _OFFICERS,
    # Who of these may approve stands in the rules of approval.
    Action.LOOK_DELAY_APPROVE: _WATCHERS,
    Action.LOOK_DELAY_ASK: _OFFICERS | {Role.SECURITY_OFFICER},
    Action.LOOK_DELAY_READ: _WATCHERS,
    Action.LOOK_DELAY_RELEASE: _OFFICERS | {Role.SECURITY_OFFICER},
    Action.OWN_COPY_ASK: _CUSTOMERS,
    Action.OWN_COPY_MAKE: _CUSTOMERS,
    Action.OWN_COPY_TAKE: _CUSTOMERS,
    Action.OWN_LOOKS_READ: _CUSTOMERS,
    Action.PORTAL_CLOSE: _CUSTOMERS,
    Action.PORTAL_CODE_ASK: frozenset(),
    Action.PORTAL_CODE_SEND: frozenset(),
    Action.PORTAL_OPEN: _CUSTOMERS,
    Action.PORTAL_SESSIONS_END: _CUSTOMERS,
    Action.QUARANTINE_FIX: _OFFICERS,
    Action.QUARANTINE_READ: _OFFICERS,
    Action.QUOTA_APPROVE: _WATCHERS,
    Action.QUOTA_PROPOSE: _OFFICERS,
    Action.QUOTA_READ: _WATCHERS | {Role.ADMINISTRATOR},
    Action.RECERTIFICATION_APPLY: frozenset(),
    Action.RECERTIFICATION_APPROVE: _WATCHERS,
    Action.RECERTIFICATION_DECIDE: _INSURERS,
    Action.RECERTIFICATION_OPEN: _OFFICERS,
    Action.RECERTIFICATION_READ: _WATCHERS,
    Action.RECERTIFICATION_REVIEW: _INSURERS,
    Action.REPRESENTATIVE_APPROVE: _OFFICERS,
    Action.REPRESENTATIVE_PROPOSE: frozenset({Role.SERVICE_DESK}),
    Action.RETENTION_APPROVE: _OFFICERS,
    Action.RETENTION_DESTROY: frozenset(),
    Action.RETENTION_NOTE: _OFFICERS,
    Action.RETENTION_NOTE_APPROVE: _OFFICERS,
    Action.RETENTION_PROPOSE: _OFFICERS,
    Action.RETENTION_READ: _WATCHERS,
    Action.RETENTION_RECKON: _OFFICERS,
    Action.RECORDS_EXPIRE: frozenset(),
    Action.REQUEST_DECIDE: _ANSWERERS,
    Action.REQUEST_EXTEND: _ANSWERERS,
    Action.REQUEST_EXTEND_APPROVE: _OFFICERS,
    Action.REQUEST_HANDLE: _ANSWERERS,
    Action.REQUEST_LIST: _WATCHERS | {Role.SERVICE_DESK, Role.CUSTOMER},
    Action.REQUEST_OPEN: _ANSWERERS | {Role.CUSTOMER},
    Action.REQUEST_READ: _ANSWERERS | {Role.CUSTOMER},
    Action.REQUEST_SAY: frozenset({Role.CUSTOMER}),
    Action.REQUEST_WORK: frozenset(),
    Action.SECOND_FACTOR_ENROL: _STAFF,
    Action.SECOND_FACTOR_SHOW: _STAFF,
    Action.SESSION_CLOSE: _STAFF,
    Action.SESSION_END: frozenset(
        {Role.ADMINISTRATOR, Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER}
    ),
    Action.STEP_UP: _STAFF,
    Action.SUBJECT_MARK: _OFFICERS,
    Action.TRAINING_APPROVE: _WATCHERS,
    Action.TRAINING_LOAD: frozenset(),
    Action.TRAINING_PROPOSE: _OFFICERS,
    Action.TRAINING_READ: _WATCHERS,
    Action.TRAINING_TAKE: _STAFF,
    Action.UNDERTAKING_SIGN: _STAFF,
    Action.UNIT_CHANGE: frozenset({Role.ADMINISTRATOR}),
    Action.USER_CHANGE: frozenset({Role.ADMINISTRATOR}),
    Action.USER_READ: _WATCHERS | {Role.ADMINISTRATOR},
    Action.WORK_ITEM_CLOSE: _DESK | _OFFICERS,
    Action.WORK_ITEM_OPEN: _DESK | _OFFICERS,
    Action.WORK_ITEM_READ: _DESK | _OFFICERS,
    Action.WORK_ITEM_TAKE: _DESK | _OFFICERS,
    Action.MEDIA_DISPOSAL_APPROVE: _WATCHERS,
    Action.MEDIA_DISPOSAL_PROPOSE: _OFFICERS | {Role.SECURITY_OFFICER},
    Action.STORAGE_CHANGE: _OFFICERS | {Role.SECURITY_OFFICER},
    Action.STORAGE_READ: _WATCHERS | {Role.ADMINISTRATOR},
    Action.STORAGE_SCRUB: _OFFICERS | {Role.SECURITY_OFFICER},
    # The security officer manages keys, the administrator runs the hosts, the others watch.
    Action.KEY_DESTROY: frozenset(),
    Action.KEY_READ: _WATCHERS | {Role.ADMINISTRATOR},
    Action.KEY_ROTATE: frozenset({Role.SECURITY_OFFICER}),
    Action.BACKUP_MAKE: frozenset(),
    Action.RESTORE_RECONCILE: frozenset(),
    Action.INDEX_REBUILD: frozenset(),
}
# Somebody else has approved exactly this look before it is had: quotas count it and do not stop it.
BY_APPROVAL = frozenset({Action.CUSTOMER_EXPORT})


def may_attempt(role: Role, action: Action) -> bool:
    return role in ROLES[action]


def act_of(action: Action) -> str:
    return ACT.get(action, "admin")
