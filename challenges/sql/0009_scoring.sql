-- What a call says of its scoring is fixed once it is published: which offers are abnormally low, who presents.
CREATE FUNCTION challenges_scoring_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status NOT IN ('draft', 'submitted', 'returned', 'rejected', 'merged')
     AND (NEW.abnormal_rule, NEW.abnormal_percent, NEW.shortlist_size, NEW.shortlist_mark_percent)
         IS DISTINCT FROM (OLD.abnormal_rule, OLD.abnormal_percent, OLD.shortlist_size, OLD.shortlist_mark_percent) THEN
    RAISE EXCEPTION 'how proposals are scored is fixed once the call is published' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.status = 'published' AND OLD.status <> 'published' AND (NEW.shortlist_size IS NOT NULL) <> EXISTS (
       SELECT 1 FROM challenges_criterion k WHERE k.challenge_id = NEW.id AND k.kind = 'pitch') THEN
    RAISE EXCEPTION 'a presentation has a criterion and a number of proposals that present'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER challenges_scoring_guard BEFORE UPDATE ON challenges_challenge
  FOR EACH ROW EXECUTE FUNCTION challenges_scoring_guard();

-- Whoever writes a criterion holds its challenge until the end of the transaction: no weight changes while another
-- transaction publishes, so that both see 100.
CREATE FUNCTION challenges_criterion_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM challenges_challenge
    WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.challenge_id ELSE OLD.challenge_id END FOR SHARE;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
-- Its name comes before that of the guard, which reads the challenge's status afterwards.
CREATE TRIGGER challenges_criterion_a_hold BEFORE INSERT OR UPDATE OR DELETE ON challenges_criterion
  FOR EACH ROW EXECUTE FUNCTION challenges_criterion_hold();
