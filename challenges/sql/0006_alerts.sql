-- Each change of a call that was put to the market counts one up, whoever writes the row: calendars and feeds tell by it
-- which of two versions is the newer. `changed_at` is when the public last saw something new.
CREATE FUNCTION challenges_revision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  apart text[] := ARRAY['search', 'revision', 'changed_at'];
BEGIN
  IF NEW.status IN ('draft', 'submitted', 'returned', 'rejected', 'merged') THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.changed_at := coalesce(NEW.changed_at, NEW.publish_at);
  ELSIF OLD.status IN ('draft', 'submitted', 'returned', 'rejected', 'merged') THEN
    NEW.changed_at := NEW.publish_at;
  ELSIF to_jsonb(NEW) - apart <> to_jsonb(OLD) - apart THEN
    NEW.revision := OLD.revision + 1;
    NEW.changed_at := greatest(NEW.publish_at, portal_now());
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER challenges_revision BEFORE INSERT OR UPDATE ON challenges_challenge
  FOR EACH ROW EXECUTE FUNCTION challenges_revision();
ALTER TABLE challenges_challenge ENABLE ALWAYS TRIGGER challenges_revision; -- a copied row is in the feeds, too
