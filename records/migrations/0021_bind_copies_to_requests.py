"""A copy of one's own data may answer a request; and relatives of a deceased customer are heard at the door."""


from django.db import migrations

# Of nobody's portfolio: only whoever reaches all rows. The keys of an ask go with it, and only those.
TABLES = ("relativeask", "relativepaper")
SCOPE = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
UNSCOPE = """
DROP POLICY {table}_scope ON records_{table};
ALTER TABLE records_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_{table} DISABLE ROW LEVEL SECURITY;
"""
FORGET = """
CREATE FUNCTION records_forget_relative(gone uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE reach text := current_setting('custodian.reach', true);
BEGIN
    PERFORM set_config('custodian.reach', 'all', true);
    DELETE FROM keys.data_key k USING records_relativeask a
    WHERE a.ref = gone AND k.holding = a.holding AND substr(k.holding::text, 15, 1) = '5';
    DELETE FROM keys.data_key k USING records_relativeask a, records_relativepaper p
    WHERE a.ref = gone AND p.ask_id = a.id AND k.holding = p.holding
      AND substr(k.holding::text, 15, 1) = '5';
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true);
END $$;
REVOKE ALL ON FUNCTION records_forget_relative(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION records_forget_relative(uuid) TO custodian_app;
"""
UNFORGET = "DROP FUNCTION records_forget_relative(uuid);"


def for_each(text: str) -> str:
    return "\n".join(text.format(table=table) for table in TABLES)


STEPS = [
    ("received", "收到申请"), ("proven", "核验身份"), ("accepted", "受理"), ("working", "开始办理"),
    ("asked", "请您补充说明"), ("said", "收到您的补充"), ("moved_on", "转合规部门办理"),
    ("extended", "延长期限"), ("preparing", "正在备副本"), ("ready", "副本已备好"),
    ("done", "已按决定办理"), ("answered", "答复"), ("partly", "部分办理"), ("refused", "不予办理"),
    ("withdrawn", "您已撤回"), ("lifted", "已解除"), ("rated", "收到您的评价"),
]


class Migration(migrations.Migration):
    dependencies = [("records", "0020_let_texts_go_and_consents_come"), ("access", "0030_let_bundles_go")]

    operations = [
        migrations.RunSQL(for_each(SCOPE), for_each(UNSCOPE)),
        migrations.RunSQL(FORGET, UNFORGET),
    ]
