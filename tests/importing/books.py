"""Books of a demo insurer on disk, and looks at what became of them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from access import actors, keystore, scopes
from access.models import Unit
from custodian.demo import insurer
from custodian.demo.insurer.manifest import Manifest, load
from records import vault
from records.importing import runs
from records.importing.mapping import BookMapping
from records.models import Account, Book, Claim, Customer, ImportRun, Policy, PolicyRole

TODAY = date(2026, 6, 1)
REASONS = {
    # The manifest's fault -> what the importer may call it.
    "birth_impossible": {"resident-id-birth-date"},
    "birth_mismatch": {"birth-date-against-id"},
    "check_digit": {"resident-id-checksum"},
    "claim_policy_unknown": {"claim-policy-unknown"},
    "date_unreadable": {"date-unreadable", "date-impossible", "date-ambiguous"},
    "formula_in_number": {"mobile-shape"},
    "holder_refused": {"policy-holder-quarantined"},
    "holder_unknown": {"policy-holder-unknown"},
    "mobile_letters": {"mobile-shape"},
    "name_missing": {"customer-without-name"},
    "premium_negative": {"amount-negative"},
    # A repeated key is set aside where the rest differs, and changes nothing where it is the same.
    "repeated_key": {"key-with-other-content", "unchanged"},
    "sex_mismatch": {"sex-against-id"},
    "uscc_check": {"uscc-checksum"},
}


def unit() -> Unit:
    return Unit.objects.get_or_create(code="QH01", defaults={"name": "总公司"})[0]


def book(code: str = "QH") -> Book:
    return Book.objects.get_or_create(code=code, defaults={"name": "青禾人寿"})[0]


def write(folder: Path, customers: int = 300) -> Manifest:
    folder.mkdir(exist_ok=True)
    insurer.write(folder, customers=customers, seed=20260101, today=TODAY)
    return load(folder)


def files(folder: Path) -> list[Path]:
    return [folder / name for name in load(folder).importable]


def bring_in(
    paths: list[Path],
    *,
    into: Book | None = None,
    mapping: BookMapping | None = None,
    dry_run: bool = False,
) -> ImportRun:
    unit()
    return runs.run_files(
        paths,
        book=into or book(),
        mapping=mapping,
        dry_run=dry_run,
        actor=actors.system("importer"),
    )


def account_of(run: ImportRun) -> tuple[int, int, int, int, dict[str, int]]:
    run.refresh_from_db()
    return run.rows_in, run.kept, run.unchanged, run.quarantined, dict(sorted(run.reasons.items()))


def faults(run: ImportRun) -> Counter[str]:
    found = Counter(run.reasons)
    if run.unchanged:
        found["unchanged"] = run.unchanged
    return found


def clear(book_: Book | None = None) -> dict[str, Any]:
    """Everything of a book in clear, by what the file called it: equal for equal estates."""
    book_ = book_ or book()
    with scopes.acting(actors.system("tests")):
        people = {
            bytes(customer.source_digest): (
                customer.kind,
                _opened(customer.subject.identity, "identity"),
                sorted(
                    tuple(_opened(account, "financial", customer.subject.finances).items())
                    for account in Account.objects.filter(subject=customer.pk)
                ),
            )
            for customer in Customer.objects.filter(book=book_).select_related(
                "subject__identity", "subject__finances"
            )
        }
        names = dict(Customer.objects.filter(book=book_).values_list("pk", "source_digest"))
        contracts = {
            bytes(policy.source_digest): (
                bytes(names[policy.subject_id]),
                policy.status,
                policy.starts_on,
                _opened(policy, "policy"),
                sorted(
                    (bytes(names[subject]), role)
                    for subject, role in PolicyRole.objects.filter(policy=policy).values_list(
                        "subject_id", "role"
                    )
                ),
            )
            for policy in Policy.objects.filter(book=book_)
        }
        losses = {
            bytes(claim.source_digest): (bytes(names[claim.subject_id]), _opened(claim, "claim"))
            for claim in Claim.objects.filter(policy__book=book_)
        }
    return {"customers": people, "policies": contracts, "claims": losses}


def _opened(row: Any, prefix: str, holding: Any = None) -> dict[str, str]:
    kept_under = holding or row
    key = keystore.unlock({kept_under.holding: kept_under.subject_id})[kept_under.holding]
    slot = f"/{row.slot}" if isinstance(row, Account) else ""
    return {
        field.name: vault._opened(
            memoryview(blob),
            key,
            kept_under.holding,
            f"{prefix}.{field.name.removesuffix('_sealed')}{slot}",
        )
        for field in row._meta.concrete_fields
        if field.name.endswith("_sealed") and (blob := getattr(row, field.name)) is not None
    }
