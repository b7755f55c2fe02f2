"""What hangs on a subject of a book that is on its way in is seen by nobody either."""

from django.db import migrations

TABLES = (
    "customer identity finances account representative policy policyrole claim document blindindex keeping"
).split()
HIDE = """
CREATE POLICY {table}_has_arrived ON records_{table} AS RESTRICTIVE FOR SELECT USING (
    (SELECT NOT EXISTS (SELECT 1 FROM access_arriving))
    OR (SELECT NULLIF(current_setting('custodian.arrivals', true), '')) = 'on'
    OR NOT EXISTS (SELECT 1 FROM access_arriving a WHERE a.subject_id = records_{table}.subject_id));
"""
SHOW = "DROP POLICY {table}_has_arrived ON records_{table};"


TRIGGERS = [
    ("contract_terminated", "合同终止"), ("transaction", "最后一笔交易"), ("consent_withdrawn", "撤回同意"),
    ("last_contact", "最后联系"), ("handed_over", "移交其他保险公司"),
]

KINDS = [
    ("application", "投保单"), ("recording", "双录"), ("evidence", "证明材料"),
    ("proof", "身份与住址证明"), ("letter", "函件"), ("history", "原保险公司的查询记录"),
]


class Migration(migrations.Migration):
    dependencies = [("records", "0021_bind_copies_to_requests"), ("access", "0036_let_books_move")]

    operations = [
        migrations.RunSQL(
            "".join(HIDE.format(table=each) for each in TABLES),
            "".join(SHOW.format(table=each) for each in TABLES),
        ),
    ]
