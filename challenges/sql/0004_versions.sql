-- A version is written once. It goes only with a draft that was never sent.
CREATE FUNCTION challenges_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM challenges_challenge WHERE id = OLD.challenge_id AND status = 'draft'
                                      AND submitted_at IS NULL) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'a version of a challenge is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER challenges_version_guard BEFORE UPDATE OR DELETE ON challenges_challengeversion
  FOR EACH ROW EXECUTE FUNCTION challenges_version_guard();
