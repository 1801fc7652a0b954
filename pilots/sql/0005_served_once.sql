-- The day of a formal notification is written once: the terms to contest run from it.
CREATE FUNCTION pilots_letter_served_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.served_on IS NOT NULL
     AND (NEW.served_on, NEW.served_reference, NEW.recorded_at, NEW.recorded_by_id)
       IS DISTINCT FROM (OLD.served_on, OLD.served_reference, OLD.recorded_at, OLD.recorded_by_id) THEN
    RAISE EXCEPTION 'a formal notification is written once'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'letter_served_once';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER pilots_letter_served_once BEFORE UPDATE ON pilots_letter
  FOR EACH ROW EXECUTE FUNCTION pilots_letter_served_once();
