-- Who was in an organisation, when and as what, stays as it was; and somebody always answers for it.

CREATE FUNCTION startups_membership_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a membership is ended, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - 'left_at' - 'left_by_id') <> (to_jsonb(OLD) - 'left_at' - 'left_by_id') THEN
    RAISE EXCEPTION 'a membership is ended, never changed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.left_at IS NOT NULL THEN
    RAISE EXCEPTION 'a membership ends once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_membership_guard BEFORE UPDATE OR DELETE ON startups_membership
  FOR EACH ROW EXECUTE FUNCTION startups_membership_guard();

-- Asked when the transaction ends, with the organisation locked: of two owners that leave at once the second sees
-- that the first has gone.
CREATE FUNCTION startups_owner_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM startups_organisation WHERE id = OLD.organisation_id AND withdrawn_at IS NULL FOR NO KEY UPDATE;
  IF FOUND AND NOT EXISTS (SELECT 1 FROM startups_membership m
      WHERE m.organisation_id = OLD.organisation_id AND m.role = 'owner' AND m.left_at IS NULL) THEN
    RAISE EXCEPTION 'an organisation has an owner' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER startups_owner_stays AFTER UPDATE ON startups_membership DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.role = 'owner' AND OLD.left_at IS NULL AND NEW.left_at IS NOT NULL)
  EXECUTE FUNCTION startups_owner_stays();
