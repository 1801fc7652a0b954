-- Titles are found though misspelt.
CREATE INDEX challenge_title_trgm ON challenges_challenge USING gin (lower(title) gin_trgm_ops);

-- What must never be, whoever writes the row.
CREATE FUNCTION challenges_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  weights integer;
  limit_net numeric;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'draft' THEN
      RAISE EXCEPTION 'a challenge starts as a draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF OLD.status NOT IN ('draft') THEN
      RAISE EXCEPTION 'a challenge that left its draft is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.reference IS NOT NULL AND (NEW.reference IS DISTINCT FROM OLD.reference OR NEW.slug IS DISTINCT FROM OLD.slug) THEN
    RAISE EXCEPTION 'reference and address of a challenge are permanent' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.status NOT IN ('draft', 'submitted', 'returned', 'rejected') THEN
    IF NEW.status IN ('draft', 'submitted', 'returned', 'rejected') THEN
      RAISE EXCEPTION 'a published challenge does not go back' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.closes_at IS DISTINCT FROM OLD.closes_at AND (NEW.closes_at < OLD.closes_at OR OLD.status <> 'published') THEN
      RAISE EXCEPTION 'the deadline of a published challenge only moves later, and not after the opening'
        USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.publish_at <= portal_now() AND NEW.publish_at IS DISTINCT FROM OLD.publish_at THEN
      RAISE EXCEPTION 'the publication of a challenge is past' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.opens_at <= portal_now() AND NEW.opens_at IS DISTINCT FROM OLD.opens_at THEN
      RAISE EXCEPTION 'the challenge is open already' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'published' AND NEW.status = 'evaluating' AND NEW.closes_at > portal_now() THEN
      RAISE EXCEPTION 'proposals stay sealed until the deadline' USING ERRCODE = 'restrict_violation';
    END IF;
  ELSIF NEW.status = 'published' THEN
    SELECT coalesce(sum(weight_percent), 0) INTO weights FROM challenges_criterion WHERE challenge_id = NEW.id;
    IF weights <> 100 THEN
      RAISE EXCEPTION 'criteria weigh %, not 100', weights USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.closes_at <= portal_now() THEN
      RAISE EXCEPTION 'the deadline has passed' USING ERRCODE = 'check_violation';
    END IF;
    SELECT r.minor_contract_limit_net INTO limit_net FROM reference_rules r
      WHERE r.valid_from <= portal_now()::date ORDER BY r.valid_from DESC LIMIT 1;
    IF NEW.route = 'minor' AND NEW.max_amount_net >= limit_net THEN
      RAISE EXCEPTION 'a minor contract is under % net', limit_net USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.route = 'minor' AND NEW.max_amount_net * NEW.awards_planned + NEW.options_net >= limit_net
       AND (NEW.independent_objects_reason = '' OR NEW.independent_objects_report_id IS NULL) THEN
      RAISE EXCEPTION 'the estimated value of a minor contract is under % net', limit_net USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER challenges_guard BEFORE INSERT OR UPDATE OR DELETE ON challenges_challenge
  FOR EACH ROW EXECUTE FUNCTION challenges_guard();

-- Criteria are part of what was published.
CREATE FUNCTION challenges_criterion_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  parent text;
BEGIN
  SELECT status INTO parent FROM challenges_challenge
    WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.challenge_id ELSE OLD.challenge_id END;
  IF parent IS NOT NULL AND parent NOT IN ('draft', 'submitted', 'returned', 'rejected') THEN
    IF TG_OP <> 'UPDATE' OR NEW.weight_percent <> OLD.weight_percent OR NEW.kind <> OLD.kind
       OR NEW.threshold_points <> OLD.threshold_points OR NEW.challenge_id <> OLD.challenge_id THEN
      RAISE EXCEPTION 'criteria of a published challenge are fixed' USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER challenges_criterion_guard BEFORE INSERT OR UPDATE OR DELETE ON challenges_criterion
  FOR EACH ROW EXECUTE FUNCTION challenges_criterion_guard();

CREATE TRIGGER challenges_correction_append_only BEFORE UPDATE OR DELETE ON challenges_correction
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
