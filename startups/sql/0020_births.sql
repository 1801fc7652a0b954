-- An organisation has an owner from its birth; and somebody who comes back to the programme, too.
-- Asked when the transaction ends: the organisation is written before its first membership.
CREATE FUNCTION startups_owner_from_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM startups_organisation WHERE id = NEW.id AND withdrawn_at IS NULL)
     AND NOT EXISTS (SELECT 1 FROM startups_membership m
       WHERE m.organisation_id = NEW.id AND m.role = 'owner' AND m.left_at IS NULL) THEN
    RAISE EXCEPTION 'an organisation has an owner' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER startups_owner_from_birth AFTER INSERT ON startups_organisation DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION startups_owner_from_birth();
CREATE CONSTRAINT TRIGGER startups_owner_comes_back AFTER UPDATE OF withdrawn_at ON startups_organisation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NULL)
  EXECUTE FUNCTION startups_owner_from_birth();
