-- Whether proposals are judged without names is read in the call: it stays as it was published.

CREATE FUNCTION challenges_anonymised_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status NOT IN ('draft', 'submitted', 'returned', 'rejected', 'merged') THEN
    RAISE EXCEPTION 'a published call says how it is judged' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER challenges_anonymised_guard BEFORE UPDATE ON challenges_challenge
  FOR EACH ROW WHEN (OLD.is_anonymised IS DISTINCT FROM NEW.is_anonymised)
  EXECUTE FUNCTION challenges_anonymised_guard();
