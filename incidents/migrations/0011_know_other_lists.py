"""Layouts of other companies' lists, packs of traces that left, and lists of one sign-in."""

from django.db import migrations


KEEP = """
CREATE FUNCTION incidents_keep_layout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL
        OR (NEW.id, NEW.ref, NEW.company, NEW.source, NEW.columns, NEW.separator, NEW.encoding, NEW.why, NEW.entered_by_id, NEW.entered_at)
        IS DISTINCT FROM (OLD.id, OLD.ref, OLD.company, OLD.source, OLD.columns, OLD.separator, OLD.encoding, OLD.why, OLD.entered_by_id, OLD.entered_at)
    THEN RAISE EXCEPTION 'a layout is kept as it was entered, and ends once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_listlayout FOR EACH ROW EXECUTE FUNCTION incidents_keep_layout();
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_tracetaking FOR EACH ROW EXECUTE FUNCTION incidents_keep();
"""
LET_GO = """
DROP TRIGGER keep_rows ON incidents_tracetaking;
DROP TRIGGER keep_rows ON incidents_listlayout;
DROP FUNCTION incidents_keep_layout();
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0010_weigh_risks")]

    operations = [
        migrations.RunSQL(KEEP, LET_GO),
    ]
