"""What is done again and again by itself, and how often: seconds, or an hour by universal time."""

from __future__ import annotations

from typing import Any, Final

from celery.schedules import crontab

ROUNDS: Final[dict[str, dict[str, Any]]] = {
    "watch-requests": {"task": "records.tasks.watch_requests", "schedule": 120.0},
    "sweep": {"task": "records.tasks.sweep", "schedule": 15.0},
    "keep-relatives": {"task": "records.tasks.keep_relatives", "schedule": 30.0},
    "keep-sign-in": {"task": "records.tasks.keep_sign_in", "schedule": 10.0},
    "sweep-partners": {"task": "transfers.tasks.sweep_partners", "schedule": 15.0},
    "sweep-access": {"task": "access.tasks.sweep", "schedule": 15.0},
    "sweep-transfers": {"task": "transfers.tasks.sweep", "schedule": 15.0},
    "sweep-incidents": {"task": "incidents.tasks.sweep", "schedule": 15.0},
    "tell-due-incidents": {"task": "incidents.tasks.tell_due", "schedule": 300.0},
    "screen-claims": {
        "task": "incidents.tasks.screen_claims",
        "schedule": crontab(hour=18, minute=10),
    },
    "end-fraud-data": {
        "task": "incidents.tasks.end_fraud_data",
        "schedule": crontab(hour=17, minute=10),
    },
    "measure-controls": {"task": "incidents.tasks.measure_controls", "schedule": 600.0},
    "watch-duties": {"task": "records.tasks.watch_duties", "schedule": crontab(hour=1, minute=20)},
    "end-flags": {"task": "incidents.tasks.end_flags", "schedule": 3600.0},
    "feed": {"task": "access.tasks.feed", "schedule": 5.0},
    "watch-honey": {"task": "access.tasks.watch_honey", "schedule": 15.0},
    "note-exposures": {"task": "access.tasks.note_exposures", "schedule": 60.0},
    "audit": {"task": "access.tasks.audit", "schedule": 120.0},
    "remind": {"task": "access.tasks.remind", "schedule": crontab(hour="1", minute="0")},
    "keep-scorecards": {
        "task": "access.tasks.keep_scorecards",
        "schedule": crontab(hour=18, minute=40),
    },
    "reckon-clocks": {"task": "access.tasks.reckon_clocks", "schedule": crontab(hour=0, minute=20)},
    "recheck-access": {"task": "access.tasks.recheck", "schedule": 3600.0},
    "reckon": {"task": "records.tasks.reckon", "schedule": 900.0},
    "count-holds": {"task": "records.tasks.count_holds", "schedule": 15.0},
    "recertify": {"task": "access.tasks.recertify", "schedule": 60.0},
    "expire-backups": {"task": "custodian.tasks.expire_backups", "schedule": 3600.0},
    "verify-log": {"task": "access.tasks.verify_log", "schedule": 60.0},
    "keep-storage": {"task": "records.tasks.keep_storage", "schedule": 60.0},
    "watch-claims": {"task": "records.tasks.watch_claims", "schedule": 60.0},
    "keep-keys": {"task": "access.tasks.keep_keys", "schedule": 600.0},
    "keep-indexes": {"task": "records.tasks.keep_indexes", "schedule": 600.0},
}
