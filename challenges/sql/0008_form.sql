-- What a proposal must say is part of what was published.
CREATE FUNCTION challenges_form_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status NOT IN ('draft', 'submitted', 'returned', 'rejected') AND NEW.form_sections <> OLD.form_sections THEN
    RAISE EXCEPTION 'the form of the proposals of a published challenge is fixed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER challenges_form_guard BEFORE UPDATE OF form_sections ON challenges_challenge
  FOR EACH ROW EXECUTE FUNCTION challenges_form_guard();
