"""Old versions of published texts go in their time; a consent of a book keeps the number of its paper.

The number of a text's version stays, and the number of a paper goes with the customer.
"""

from django.db import migrations

# A number is put down as gone first, which is refused unless the version has been over for two years and no
# consent names it; only then its rows may go. Whoever puts it down must see every consent.
KEEP = """
CREATE FUNCTION records_text_is_over(version bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT coalesce(least(w.on, v.until, (
        SELECT min(n.since) FROM records_textversion n
        LEFT JOIN records_textwithdrawal nw ON nw.version_id = n.id
        WHERE n.text_id = v.text_id AND n.number > v.number AND (nw.on IS NULL OR nw.on >= n.since)
    )) + interval '2 years' < now(), false)
    AND NOT EXISTS (SELECT 1 FROM records_noticeseen s WHERE s.version_id = v.id)
    AND NOT EXISTS (SELECT 1 FROM records_consent c WHERE c.notice = t.slug || '-' || v.number)
    FROM records_textversion v
    JOIN records_publishedtext t ON t.id = v.text_id
    LEFT JOIN records_textwithdrawal w ON w.version_id = v.id
    WHERE v.id = version
$$;
REVOKE ALL ON FUNCTION records_text_is_over(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION records_text_is_over(bigint) TO custodian_app;
CREATE OR REPLACE FUNCTION records_keep_published() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'records_publishedtext' AND TG_OP <> 'TRUNCATE' THEN
        PERFORM FROM records_textversion v WHERE v.text_id = OLD.id;
        IF NOT FOUND AND OLD.gone = '{}' THEN
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END IF;
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'gone' = to_jsonb(OLD) - 'gone' AND NEW.gone @> OLD.gone
            AND NULLIF(current_setting('custodian.reach', true), '') = 'all'
            AND NOT EXISTS (
                SELECT 1 FROM unnest(NEW.gone) AS fresh(number)
                LEFT JOIN records_textversion v ON v.text_id = OLD.id AND v.number = fresh.number
                WHERE fresh.number <> ALL (OLD.gone) AND (v.id IS NULL OR NOT records_text_is_over(v.id)))
        THEN
            RETURN NEW;
        END IF;
    ELSIF TG_TABLE_NAME = 'records_textversion' AND TG_OP = 'DELETE' THEN
        PERFORM FROM records_publishedtext t WHERE t.id = OLD.text_id AND OLD.number = ANY (t.gone);
        IF FOUND THEN RETURN OLD; END IF;
    ELSIF TG_TABLE_NAME = 'records_textwithdrawal' AND TG_OP = 'DELETE' THEN
        PERFORM FROM records_textversion v JOIN records_publishedtext t ON t.id = v.text_id
            WHERE v.id = OLD.version_id AND v.number = ANY (t.gone);
        IF FOUND THEN RETURN OLD; END IF;
    END IF;
    RAISE EXCEPTION 'what was published is kept as it was approved';
END $$;
"""
KEEP_ALL = """
CREATE OR REPLACE FUNCTION records_keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'records_publishedtext' AND TG_OP <> 'TRUNCATE' THEN
        PERFORM FROM records_textversion v WHERE v.text_id = OLD.id;
        IF NOT FOUND THEN
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was published is kept as it was approved';
END $$;
DROP FUNCTION records_text_is_over(bigint);
"""
# A consent is never edited, but for the number of a paper elsewhere, which is blanked with her data.
EDIT = """
CREATE OR REPLACE FUNCTION records_keep_consent() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE destroyed boolean := EXISTS (
    SELECT 1 FROM access_subject s WHERE s.id = OLD.subject_id AND s.status = 'destroyed');
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF destroyed AND NEW.reference = '' AND to_jsonb(NEW) - 'reference' = to_jsonb(OLD) - 'reference' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a consent is never edited';
    END IF;
    IF destroyed OR EXISTS (SELECT 1 FROM records_consent c WHERE c.subject_id = OLD.subject_id
               AND c.purpose = OLD.purpose AND c.id > OLD.id)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the consent that stands is not deleted';
END $$;
"""
EDIT_NOTHING = """
CREATE OR REPLACE FUNCTION records_keep_consent() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a consent is never edited';
    END IF;
    IF EXISTS (SELECT 1 FROM records_consent c WHERE c.subject_id = OLD.subject_id
               AND c.purpose = OLD.purpose AND c.id > OLD.id)
       OR EXISTS (SELECT 1 FROM access_subject s WHERE s.id = OLD.subject_id AND s.status = 'destroyed')
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the consent that stands is not deleted';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0017_publish_texts")]

    operations = [
        migrations.RunSQL(KEEP, KEEP_ALL),
        migrations.RunSQL(EDIT, EDIT_NOTHING),
    ]
