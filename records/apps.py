"""Records: the data estate, why each thing is held, and how long it is kept."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = _("数据台账")

    def ready(self) -> None:
        from access import ports, rechecking
        from records import (  # noqa: F401
            catalogue,
            checks,
            damage,
            exporting,
            legal_holds,
            portal_claim_panels,
            portal_consents,
            portal_copies,
            portal_correction_panels,
            portal_data,
            portal_home,
            portal_looks,
            portal_notices,
            request_portal,
            scorecards,
        )
        from records.claim_handling import approving as claims_approving  # noqa: F401
        from records.claim_handling import going as claims_going
        from records.claim_handling import terms, watching  # noqa: F401
        from records.consents.store import ConsentStore
        from records.corrections import applying, lapsing
        from records.corrections import approving as correction_approving  # noqa: F401
        from records.destruction import batches, import_store, own_stores, stores
        from records.events import value_changed
        from records.holders import Holders
        from records.legal_holds import approving  # noqa: F401
        from records.log_names import Customers
        from records.merges import settling
        from records.merges import store as merge_store  # noqa: F401
        from records.notices import publishing, withdrawing
        from records.notices.seen_store import SeenStore
        from records.own_data.copy_store import CopyStore
        from records.own_data.estates import Estates
        from records.relatives import keeping as relatives_keeping  # noqa: F401
        from records.requests import escalating  # noqa: F401  what it finds is told in words
        from records.requests.effects import consenting, copying, deletion, limiting  # noqa: F401
        from records.retention import agreeing, own_records
        from records.sign_in import ending, entry_codes, representing, sending, store  # noqa: F401
        from records.staff_traces import Relations
        from records.storage import disposals, faults, inspecting  # noqa: F401

        value_changed.connect(ending.contact_changed, dispatch_uid="sign-in")
        lapsing.ready()  # while the rows are still there to say why
        own_stores.ready()
        claims_going.ready()
        portal_claim_panels.ready()
        portal_consents.ready()
        portal_correction_panels.ready()
        rechecking.sources += [
            legal_holds.altered,
            batches.altered_approvals,
            agreeing.altered,
            applying.altered,
            publishing.altered,
            withdrawing.altered,
            settling.altered,
        ]
        import_store.ready()
        own_records.ready()
        stores.register(CopyStore())
        stores.register(ConsentStore())
        stores.register(SeenStore())
        portal_notices.ready()
        portal_home.register_panel("looks", 10, portal_looks.panel)
        request_portal.ready()
        scorecards.ready()
        portal_copies.ready()
        portal_home.register_way(10, _("我的资料"), "portal:data", portal_data.hint)
        ports.register_customers(Customers())
        ports.register_estates(Estates())
        ports.register_holders(Holders())
        ports.register_relations(Relations())
        _duties()


def _duties() -> None:
    from records.assessments import approving, kept, things, watching  # noqa: F401
    from records.products import changing

    approving.ready()
    things.ready()
    kept.ready()
    changing.ready()
