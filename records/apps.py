"""Records: the data estate, why each thing is held, and how long it is kept."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = _("数据台账")

    def ready(self) -> None:
        from access import ports, rechecking
        from records import catalogue, checks, damage, exporting, legal_holds  # noqa: F401
        from records.corrections import applying
        from records.corrections import approving as correction_approving  # noqa: F401
        from records.destruction import batches, import_store, own_stores
        from records.holders import Holders
        from records.legal_holds import approving  # noqa: F401
        from records.log_names import Customers
        from records.retention import own_records
        from records.staff_traces import Relations
        from records.storage import disposals, faults, inspecting  # noqa: F401

        own_stores.ready()
        rechecking.sources += [
            legal_holds.altered,
            batches.altered_approvals,
            applying.altered,
        ]
        import_store.ready()
        own_records.ready()
        ports.register_customers(Customers())
        ports.register_holders(Holders())
        ports.register_relations(Relations())
