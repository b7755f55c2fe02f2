"""Every act that is decided and logged, and its word in the log."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


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
    CONSENT_CHOOSE = "records:consent:choose"
    CONSENT_READ = "records:consent:read"
    CONSENT_RECORD = "records:consent:record"
    CORRECTION_APPLY = "records:correction:apply"
    CORRECTION_APPROVE = "records:correction:approve"
    CORRECTION_CHECK = "records:correction:check"
    CORRECTION_COMPARE = "records:correction:compare"
    CORRECTION_CONFIRM = "records:correction:confirm"
    CORRECTION_RAISE = "records:correction:raise"
    CORRECTION_READ = "records:correction:read"
    COUNTERPARTY_READ = "transfers:counterparty:read"
    TELLING_TAKE = "transfers:telling:take"
    TELLING_OPEN = "transfers:telling:open"
    TELLING_APPROVE = "transfers:telling:approve"
    TELLING_CONFIRM = "transfers:telling:confirm"
    SHARE_TAKE = "transfers:share:take"
    SHARE_LIST = "transfers:share:list"
    SHARE_READ = "transfers:share:read"
    SHARE_PROPOSE = "transfers:share:propose"
    SHARE_END = "transfers:share:end"
    SHARE_APPROVE = "transfers:share:approve"
    AGREEMENT_PROPOSE = "transfers:agreement:propose"
    AGREEMENT_KEEP = "transfers:agreement:keep"
    AGREEMENT_APPROVE = "transfers:agreement:approve"
    COUNTERPARTY_APPROVE = "transfers:counterparty:approve"
    COUNTERPARTY_CHANGE = "transfers:counterparty:change"
    CUSTOMER_CHANGE = "records:customer:change"
    CUSTOMER_CREATE = "records:customer:create"
    CUSTOMER_EXPORT = "records:customer:export"
    CUSTOMER_LIST = "records:customer:list"
    CUSTOMER_REVEAL = "records:customer:reveal"
    CUSTOMER_SEARCH = "records:customer:search"
    CUSTOMER_VIEW = "records:customer:view"
    DATA_ROOM_APPROVE = "transfers:data-room:approve"
    DATA_ROOM_ASK = "transfers:data-room:ask"
    DATA_ROOM_BUILD = "transfers:data-room:build"
    DATA_ROOM_DESTROY = "transfers:data-room:destroy"
    DATA_ROOM_SAMPLE = "transfers:data-room:sample"
    DATA_ROOM_TAKE = "transfers:data-room:take"
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
    FREEZE_BEGIN = "transfers:freeze:begin"
    FREEZE_READ = "transfers:freeze:read"
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
    LETTERS_APPROVE = "transfers:letters:approve"
    LETTERS_PRINT = "transfers:letters:print"
    LETTERS_PROPOSE = "transfers:letters:propose"
    LETTERS_SEND = "transfers:letters:send"
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
    NOTICE_APPROVE = "records:notice:approve"
    NOTICE_DRAFT = "records:notice:draft"
    NOTICE_READ = "records:notice:read"
    NOTICE_SEE = "records:notice:see"
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
    RELATIVE_FILE = "records:relative:file"
    RELATIVE_LIST = "records:relative:list"
    RELATIVE_READ = "records:relative:read"
    RELATIVE_WORK = "records:relative:work"
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
    SELECTION_APPROVE = "transfers:selection:approve"
    SELECTION_BAR = "transfers:selection:bar"
    SELECTION_COUNT = "transfers:selection:count"
    SELECTION_PROPOSE = "transfers:selection:propose"
    SESSION_END = "access:session:end"
    STEP_UP = "access:session:step-up"
    SUBJECT_MARK = "access:subject:mark"
    TRAINING_APPROVE = "access:training:approve"
    TRAINING_LOAD = "access:training:load"
    TRAINING_PROPOSE = "access:training:propose"
    TRAINING_READ = "access:training:read"
    TRAINING_TAKE = "access:training:take"
    TRANSFER_ANSWER = "transfers:answer:choose"
    TRANSFER_ANSWER_RECORD = "transfers:answer:record"
    TRANSFER_APPROVE = "transfers:transfer:approve"
    TRANSFER_FILE = "transfers:transfer:file"
    TRANSFER_NOTICE_SEE = "transfers:notice:see"
    TRANSFER_OPEN = "transfers:transfer:open"
    TRANSFER_PAPER_READ = "transfers:paper:read"
    TRANSFER_READ = "transfers:transfer:read"
    TRANSFER_STEP = "transfers:transfer:step"
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
    STOCK_READ = "transfers:stock:read"
    STOCK_TAKE = "transfers:stock:take"
    STORAGE_CHANGE = "records:storage:change"
    STORAGE_READ = "records:storage:read"
    STORAGE_SCRUB = "records:storage:scrub"
    KEY_DESTROY = "access:key:destroy"
    KEY_READ = "access:key:read"
    KEY_ROTATE = "access:key:rotate"
    BACKUP_MAKE = "custodian:backup:make"
    RESTORE_RECONCILE = "custodian:restore:reconcile"
    INDEX_REBUILD = "records:index:rebuild"
    TRANSFER_ARRIVE = "transfers:package:arrive"
    TRANSFER_INVITE = "transfers:invitation:make"
    TRANSFER_LOAD = "transfers:package:load"
    TRANSFER_ORDER = "transfers:package:order"
    TRANSFER_PASS = "transfers:responsibility:pass"  # noqa: S105
    TRANSFER_PACK = "transfers:package:make"


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
    Action.DATA_ROOM_APPROVE: "change",
    Action.DATA_ROOM_ASK: "change",
    Action.DATA_ROOM_DESTROY: "destroy",
    Action.DATA_ROOM_SAMPLE: "export",
    Action.DATA_ROOM_TAKE: "export",
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
    Action.CONSENT_CHOOSE: "change",
    Action.CONSENT_RECORD: "change",
    Action.CORRECTION_APPLY: "change",
    Action.CORRECTION_APPROVE: "change",
    Action.CORRECTION_CHECK: "change",
    Action.CORRECTION_CONFIRM: "change",
    Action.CORRECTION_RAISE: "change",
    Action.CORRECTION_READ: "list",
    Action.TELLING_TAKE: "export",
    Action.TELLING_OPEN: "change",
    Action.TELLING_APPROVE: "change",
    Action.TELLING_CONFIRM: "change",
    Action.SHARE_TAKE: "export",
    Action.SHARE_LIST: "list",
    Action.SHARE_READ: "export",
    Action.SHARE_PROPOSE: "change",
    Action.SHARE_END: "change",
    Action.SHARE_APPROVE: "change",
    Action.AGREEMENT_PROPOSE: "change",
    Action.AGREEMENT_KEEP: "change",
    Action.AGREEMENT_APPROVE: "change",
    Action.COUNTERPARTY_APPROVE: "change",
    Action.COUNTERPARTY_CHANGE: "change",
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
    Action.FREEZE_BEGIN: "change",
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
    Action.LETTERS_APPROVE: "change",
    Action.LETTERS_PRINT: "export",
    Action.LETTERS_PROPOSE: "change",
    Action.LETTERS_SEND: "change",
    Action.PASSWORD_CHANGE: "change",
    Action.POLICY_RULE_APPROVE: "change",
    Action.POLICY_RULE_PROPOSE: "change",
    Action.PASSWORD_LINK_ISSUE: "change",
    Action.LOOK_DELAY_APPROVE: "change",
    Action.LOOK_DELAY_ASK: "change",
    Action.LOOK_DELAY_RELEASE: "change",
    Action.NOTICE_APPROVE: "change",
    Action.NOTICE_DRAFT: "change",
    Action.NOTICE_SEE: "change",
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
    Action.RELATIVE_FILE: "change",
    Action.RELATIVE_LIST: "list",
    Action.RELATIVE_READ: "reveal",
    Action.RELATIVE_WORK: "change",
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
    Action.SELECTION_APPROVE: "change",
    Action.SELECTION_BAR: "change",
    Action.SELECTION_COUNT: "change",
    Action.SELECTION_PROPOSE: "change",
    Action.SESSION_END: "change",
    Action.SUBJECT_MARK: "change",
    Action.TRAINING_APPROVE: "change",
    Action.TRAINING_LOAD: "change",
    Action.TRAINING_PROPOSE: "change",
    Action.TRAINING_TAKE: "change",
    Action.TRANSFER_ANSWER: "change",
    Action.TRANSFER_ANSWER_RECORD: "change",
    Action.TRANSFER_APPROVE: "change",
    Action.TRANSFER_FILE: "change",
    Action.TRANSFER_NOTICE_SEE: "change",
    Action.TRANSFER_OPEN: "change",
    Action.TRANSFER_PAPER_READ: "export",
    Action.TRANSFER_STEP: "change",
    Action.UNDERTAKING_SIGN: "change",
    Action.UNIT_CHANGE: "change",
    Action.USER_CHANGE: "change",
    Action.WORK_ITEM_CLOSE: "change",
    Action.WORK_ITEM_OPEN: "change",
    Action.WORK_ITEM_TAKE: "change",
    Action.MEDIA_DISPOSAL_APPROVE: "change",
    Action.MEDIA_DISPOSAL_PROPOSE: "change",
    Action.STOCK_TAKE: "change",
    Action.STORAGE_CHANGE: "change",
    Action.KEY_DESTROY: "change",
    Action.KEY_ROTATE: "change",
    Action.RESTORE_RECONCILE: "change",
    Action.TRANSFER_ARRIVE: "change",
    Action.TRANSFER_INVITE: "change",
    Action.TRANSFER_LOAD: "change",
    Action.TRANSFER_ORDER: "change",
    Action.TRANSFER_PASS: "change",
    Action.TRANSFER_PACK: "export",
}

# A book that moves takes along what is stored only: whoever takes it over keeps it on (PIPL art. 22).
HANDS_OVER = frozenset({Action.TRANSFER_PACK})

# Somebody else has approved exactly this look before it is had: quotas count it and do not stop it.
BY_APPROVAL = frozenset({Action.CUSTOMER_EXPORT, Action.LETTERS_PRINT})


def act_of(action: Action) -> str:
    return ACT.get(action, "admin")
