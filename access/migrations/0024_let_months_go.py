"""The keys of the log's months go when their time is over, and old training with them."""

from datetime import date
from uuid import NAMESPACE_URL, uuid5

from django.db import migrations

NAMED = uuid5(NAMESPACE_URL, "custodian/holding")
FIRST, LAST = 2015, 2099
# Which holding is which month's is known from the beginning and nobody's to change, so that the app can
# destroy the key of an old month and no other. Six months is the floor of the law on network logs; the
# house's own rules keep them for longer. What somebody learned counts until it is over by two years.
FORGET = """
REVOKE INSERT, UPDATE, DELETE ON access_logmonth FROM custodian_app;
CREATE FUNCTION access_forget_month(gone date, what text) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE held access_logmonth%ROWTYPE;
BEGIN
    IF what NOT IN ('reasons', 'searches') OR gone + interval '7 months' > now() THEN
        RETURN false;
    END IF;
    SELECT * INTO STRICT held FROM access_logmonth m WHERE m.month = gone;
    DELETE FROM keys.data_key k
    WHERE k.holding = CASE what WHEN 'reasons' THEN held.reasons ELSE held.searches END;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF what = 'reasons' THEN
        UPDATE access_logmonth m SET reasons_gone_at = now() WHERE m.month = gone;
    ELSE
        UPDATE access_logmonth m SET searches_gone_at = now() WHERE m.month = gone;
    END IF;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION access_forget_month(date, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access_forget_month(date, text) TO custodian_app;

CREATE FUNCTION access_forget_training(before timestamptz, most int) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE attempts bigint; signatures bigint;
BEGIN
    IF before + interval '2 years' > now() THEN
        RETURN 0;
    END IF;
    DELETE FROM access_attempt WHERE id IN (
        SELECT a.id FROM access_attempt a
        WHERE coalesce(a.valid_until, a.taken_at) < before AND a.taken_at < before
        ORDER BY a.id LIMIT most);
    GET DIAGNOSTICS attempts = ROW_COUNT;
    DELETE FROM access_signature WHERE id IN (
        SELECT s.id FROM access_signature s JOIN access_undertaking u ON u.id = s.undertaking_id
        WHERE s.signed_at < before AND u.until < before
        ORDER BY s.id LIMIT most);
    GET DIAGNOSTICS signatures = ROW_COUNT;
    RETURN attempts + signatures;
END $$;
REVOKE ALL ON FUNCTION access_forget_training(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access_forget_training(timestamptz, int) TO custodian_app;
"""
UNFORGET = """
DROP FUNCTION access_forget_training(timestamptz, int);
DROP FUNCTION access_forget_month(date, text);
"""


def holding(name, month):
    return uuid5(NAMED, f"{name}/{month:%Y-%m}")


def fill(apps, schema_editor):
    LogMonth = apps.get_model("access", "LogMonth")
    months = [date(year, month, 1) for year in range(FIRST, LAST + 1) for month in range(1, 13)]
    LogMonth.objects.bulk_create(
        LogMonth(month=each, reasons=holding("log-context", each), searches=holding("log-query", each))
        for each in months
    )


class Migration(migrations.Migration):
    dependencies = [("access", "0023_mark_the_restored")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(FORGET, UNFORGET),
    ]
