"""Quotas: limits as rows, and one statement that counts a person's looks and says when it is enough."""

from datetime import UTC, datetime

from django.db import migrations


# In force from before anything that is imported, as the first access rules are.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
DAY, MONTH = 24, 24 * 30
DESK = ("agent", "claims_handler", "service_desk")
# For each role of the desk: measure, hours, then from where on looks are paced, reported, stopped.
OF_THE_DESK = [
    ("customers", 1, 120, 200, 300),
    ("customers", DAY, 300, 400, 600),
    ("customers", MONTH, 2_000, 3_000, 5_000),
    ("reveals", 1, 40, 60, 90),
    ("reveals", DAY, 120, 150, 250),
    ("reveals", MONTH, 1_500, 2_000, 3_000),
]
# For everybody, plaintext by what giving it away does. The report in a day is half of the numbers of the
# Interpretation (2017) No. 10, art. 5, as for those who came by the data on duty; the other steps,
# and those without an end (None), are this company's defaults.
OF_EVERYBODY = [
    ("property", DAY, 15, 25, 50, "CN-CRIM"),
    ("health", DAY, 150, 250, 500, "CN-CRIM"),
    ("other", DAY, 1_500, 2_500, 5_000, "CN-CRIM"),
    ("property", None, None, 250, None, ""),
    ("health", None, None, 2_500, None, ""),
    ("other", None, None, 25_000, None, ""),
]
USE = """
CREATE FUNCTION access_use(
    person bigint, kinds text[], subjects bigint[], opened int, moment timestamptz, limits jsonb)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  each record;
  since timestamptz;
  others bigint;
  before bigint;
  n bigint;
  more boolean;
  used jsonb := '{}';
  beyond text;
  slow text;
  pace int := 0;
  wait int := 0;
  newest timestamptz;
BEGIN
  -- One request of a person after the other, so that none counts before another has.
  PERFORM pg_advisory_xact_lock(7501, person::int);
  FOR each IN SELECT * FROM jsonb_to_recordset(limits) AS (
      code text, measure text, kind text, hours int, warn bigint, block bigint, pace int) LOOP
    since := moment - make_interval(hours => each.hours);
    IF each.measure = 'customers' AND each.hours IS NULL THEN
      -- Years of looks are not counted again each time.
      SELECT coalesce(max(customers), 0) INTO before
      FROM access_total WHERE user_id = person AND kind = each.kind;
      SELECT before + count(*) INTO n FROM unnest(subjects) s WHERE NOT EXISTS (
          SELECT 1 FROM access_seen WHERE user_id = person AND kind = each.kind AND subject_id = s);
    ELSIF each.measure = 'customers' THEN
      SELECT count(*) FILTER (WHERE subject_id <> ALL (subjects)), count(*) INTO others, before
      FROM access_seen WHERE user_id = person AND kind = each.kind AND last_at > since;
      n := others + cardinality(subjects);
    ELSE
      SELECT coalesce(sum(reveals), 0) INTO before
      FROM access_tally
      WHERE user_id = person AND (each.hours IS NULL OR hour > since - interval '1 hour');
      n := before + opened;
    END IF;
    -- Whom a person has seen already he may see again.
    more := n > before;
    used := used || jsonb_build_object(each.code, n);
    IF beyond IS NULL AND more AND n > each.block THEN
      beyond := each.code;
    END IF;
    IF more AND n > each.warn AND each.pace > pace THEN
      slow := each.code;
      pace := each.pace;
    END IF;
  END LOOP;
  IF beyond IS NOT NULL THEN
    RETURN jsonb_build_object('verdict', 'over', 'by', beyond, 'wait', 0, 'used', used);
  END IF;
  IF slow IS NOT NULL THEN
    SELECT max(last_at) INTO newest FROM access_seen WHERE user_id = person AND kind = 'any';
    wait := ceil(pace - extract(epoch FROM moment - newest));
    IF wait > 0 THEN
      RETURN jsonb_build_object('verdict', 'slow', 'by', slow, 'wait', wait, 'used', used);
    END IF;
  END IF;
  WITH seen AS (
    INSERT INTO access_seen (user_id, kind, subject_id, last_at)
    SELECT person, k, s, moment FROM unnest(kinds) k CROSS JOIN unnest(subjects) s
    ON CONFLICT (user_id, kind, subject_id)
    DO UPDATE SET last_at = excluded.last_at
    -- Who opens a customer and then a value of hers writes once.
    WHERE access_seen.last_at < excluded.last_at - interval '1 minute'
    RETURNING kind, xmax = 0 AS first)
  INSERT INTO access_total (user_id, kind, customers)
  SELECT person, kind, count(*) FROM seen WHERE first GROUP BY kind
  ON CONFLICT (user_id, kind) DO UPDATE SET customers = access_total.customers + excluded.customers;
  IF opened > 0 THEN
    INSERT INTO access_tally (user_id, hour, reveals)
    VALUES (person, date_trunc('hour', moment), opened)
    ON CONFLICT (user_id, hour) DO UPDATE SET reveals = access_tally.reveals + excluded.reveals;
  END IF;
  RETURN jsonb_build_object('verdict', 'ok', 'by', NULL, 'wait', 0, 'used', used);
END $$;
GRANT EXECUTE ON FUNCTION access_use(bigint, text[], bigint[], int, timestamptz, jsonb) TO custodian_app;
ALTER TABLE access_seen ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_seen FORCE ROW LEVEL SECURITY;
CREATE POLICY seen_scope ON access_seen USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint);
-- Only the function counts; a destroyed customer is taken out.
REVOKE INSERT, UPDATE ON access_seen, access_tally, access_total FROM custodian_app;
REVOKE DELETE ON access_tally, access_total FROM custodian_app;
"""
DROP = "DROP POLICY seen_scope ON access_seen; DROP FUNCTION access_use(bigint, text[], bigint[], int, timestamptz, jsonb);"


def seed(apps, schema_editor):
    Quota = apps.get_model("access", "Quota")
    number = 1
    for role in DESK:
        for measure, hours, warn, finding, block in OF_THE_DESK:
            Quota.objects.create(
                code=f"Q-{number:02}", role=role, measure=measure, hours=hours, warn=warn,
                finding=finding, block=block, since=SINCE,
            )
            number += 1
    for harm, hours, warn, finding, block, law in OF_EVERYBODY:
        Quota.objects.create(
            code=f"Q-{number:02}", measure="customers", harm=harm, hours=hours, warn=warn,
            finding=finding, block=block, law=law, since=SINCE,
        )
        number += 1


class Migration(migrations.Migration):
    dependencies = [("access", "0009_rule_by_four_eyes")]

    operations = [
        migrations.RunSQL(USE, DROP),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
