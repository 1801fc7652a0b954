-- A pilot starts with a charter that company and department signed; from then on the charter stays as it was signed.
CREATE FUNCTION pilots_starts_with_charter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pilots_charter c WHERE c.pilot_id = NEW.id
                 AND c.department_signed_at IS NOT NULL AND c.company_signed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'pilot % has no charter that both parties signed', NEW.reference
      USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_starts_with_charter';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER pilots_starts_with_charter BEFORE UPDATE OF status ON pilots_pilot
  FOR EACH ROW WHEN (OLD.status = 'preparing' AND NEW.status = 'running') EXECUTE FUNCTION pilots_starts_with_charter();

CREATE FUNCTION pilots_charter_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM pilots_pilot p WHERE p.id = OLD.pilot_id AND p.started_at IS NOT NULL AND p.status <> 'preparing') THEN
    RAISE EXCEPTION 'a charter stays as it was when the pilot started'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'charter_signed';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER pilots_charter_guard BEFORE UPDATE OR DELETE ON pilots_charter
  FOR EACH ROW EXECUTE FUNCTION pilots_charter_guard();

CREATE FUNCTION pilots_charter_place_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_charter bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.charter_id ELSE OLD.charter_id END;
BEGIN
  IF EXISTS (SELECT 1 FROM pilots_charter c JOIN pilots_pilot p ON p.id = c.pilot_id
             WHERE c.id = the_charter AND p.started_at IS NOT NULL AND p.status <> 'preparing') THEN
    RAISE EXCEPTION 'a charter stays as it was when the pilot started'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'charter_signed';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER pilots_charter_place_guard BEFORE INSERT OR UPDATE OR DELETE ON pilots_charter_districts
  FOR EACH ROW EXECUTE FUNCTION pilots_charter_place_guard();
