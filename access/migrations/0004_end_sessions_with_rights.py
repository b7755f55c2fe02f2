"""A session ends with the rights it began with; a demo says so in a row of its own."""

from django.db import migrations


COUNT_UP = """
CREATE FUNCTION access_user_end_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.session_epoch = OLD.session_epoch THEN
    NEW.session_epoch := OLD.session_epoch + 1;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER access_user_end_sessions BEFORE UPDATE ON access_user FOR EACH ROW
WHEN ((OLD.password, OLD.role, OLD.unit_id, OLD.is_active)
      IS DISTINCT FROM (NEW.password, NEW.role, NEW.unit_id, NEW.is_active))
EXECUTE FUNCTION access_user_end_sessions();
"""
STOP_COUNTING = """
DROP TRIGGER access_user_end_sessions ON access_user;
DROP FUNCTION access_user_end_sessions();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_seed_access_rules")]

    operations = [
        migrations.RunSQL(COUNT_UP, STOP_COUNTING),
    ]
