-- Whether the newest correction of the criteria that names `corrected` says that it changes from one text to the other.
CREATE FUNCTION challenges_corrected(challenge bigint, corrected text, old_value text, new_value text)
RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce((
    SELECT c.old_text = old_value AND c.new_text = new_value FROM challenges_correction c
    WHERE c.challenge_id = challenge AND c.kind = 'criteria' AND c.field = corrected
    ORDER BY c.number DESC LIMIT 1), false)
$$;

-- Under review again: a draft that was sent once stays on record; what was published changes only by a correction.
CREATE OR REPLACE FUNCTION challenges_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF OLD.status NOT IN ('draft') OR OLD.submitted_at IS NOT NULL THEN
      RAISE EXCEPTION 'a challenge that left its draft is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.reference IS NOT NULL AND (NEW.reference IS DISTINCT FROM OLD.reference OR NEW.slug IS DISTINCT FROM OLD.slug) THEN
    RAISE EXCEPTION 'reference and address of a challenge are permanent' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.submitted_at IS NOT NULL AND NEW.submitted_at IS NULL THEN
    RAISE EXCEPTION 'a challenge was sent for review once' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.status NOT IN ('draft', 'submitted', 'returned', 'rejected', 'merged') THEN
    IF NEW.status IN ('draft', 'submitted', 'returned', 'rejected', 'merged') THEN
      RAISE EXCEPTION 'a published challenge does not go back' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.closes_at IS DISTINCT FROM OLD.closes_at AND (NEW.closes_at < OLD.closes_at OR OLD.status <> 'published') THEN
      RAISE EXCEPTION 'the deadline of a published challenge only moves later, and not after the opening'
        USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.questions_close_at < OLD.questions_close_at OR NEW.answers_due_at < OLD.answers_due_at
       OR NEW.evaluation_until < OLD.evaluation_until OR NEW.award_until < OLD.award_until THEN
      RAISE EXCEPTION 'the terms of a published challenge only move later' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.max_amount_net, NEW.awards_planned) IS DISTINCT FROM (OLD.max_amount_net, OLD.awards_planned)
       AND (OLD.status <> 'published' OR OLD.closes_at <= portal_now()) THEN
      RAISE EXCEPTION 'the amount of a call is fixed once it has closed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.options_net, NEW.route) IS DISTINCT FROM (OLD.options_net, OLD.route) THEN
      RAISE EXCEPTION 'options and route of a published challenge are fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.pass_mark IS DISTINCT FROM OLD.pass_mark AND (OLD.status <> 'published' OR OLD.closes_at <= portal_now()
       OR NOT challenges_corrected(OLD.id, 'pass_mark', OLD.pass_mark::text, NEW.pass_mark::text)) THEN
      RAISE EXCEPTION 'the pass mark of a published challenge is fixed but by a correction, while it takes proposals'
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
  END IF;
  IF NEW.status = 'published' AND (OLD.status <> 'published'
     OR (NEW.max_amount_net, NEW.awards_planned, NEW.options_net, NEW.route)
        IS DISTINCT FROM (OLD.max_amount_net, OLD.awards_planned, OLD.options_net, OLD.route)) THEN
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

-- Criteria are part of what was published: weights, thresholds and texts change only after the correction that says so,
-- while the call takes proposals; together they weigh 100 at the end of the transaction.
CREATE OR REPLACE FUNCTION challenges_criterion_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  parent challenges_challenge;
  changed text;
BEGIN
  SELECT * INTO parent FROM challenges_challenge
    WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.challenge_id ELSE OLD.challenge_id END;
  IF parent.status IS NOT NULL AND parent.status NOT IN ('draft', 'submitted', 'returned', 'rejected', 'merged') THEN
    IF TG_OP <> 'UPDATE' OR NEW.kind <> OLD.kind OR NEW.challenge_id <> OLD.challenge_id
       OR NEW.position <> OLD.position THEN
      RAISE EXCEPTION 'criteria of a published challenge are fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    FOREACH changed IN ARRAY ARRAY['weight_percent', 'threshold_points', 'name', 'name_en', 'guidance', 'guidance_en'] LOOP
      IF to_jsonb(NEW) ->> changed <> to_jsonb(OLD) ->> changed
         AND (parent.status <> 'published' OR parent.closes_at <= portal_now()
              OR NOT challenges_corrected(
                   OLD.challenge_id, 'criterion:' || OLD.id || ':' || changed,
                   to_jsonb(OLD) ->> changed, to_jsonb(NEW) ->> changed)) THEN
        RAISE EXCEPTION 'criteria of a published challenge are fixed but by a correction, while it takes proposals'
          USING ERRCODE = 'restrict_violation';
      END IF;
    END LOOP;
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION challenges_criteria_weigh_100() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  weights integer;
BEGIN
  SELECT sum(k.weight_percent) INTO weights FROM challenges_criterion k JOIN challenges_challenge c ON c.id = k.challenge_id
    WHERE k.challenge_id = NEW.challenge_id AND c.status NOT IN ('draft', 'submitted', 'returned', 'rejected', 'merged');
  IF weights <> 100 THEN
    RAISE EXCEPTION 'criteria weigh %, not 100', weights USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER challenges_criteria_weigh_100 AFTER UPDATE OF weight_percent ON challenges_criterion
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION challenges_criteria_weigh_100();

CREATE TRIGGER challenges_answer_correction_append_only BEFORE UPDATE OR DELETE ON challenges_answercorrection
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER challenges_incident_effect_append_only BEFORE UPDATE OR DELETE ON challenges_incidenteffect
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

-- A published answer is kept: it changes only after the correction that says so, and stays answered. What was moved out
-- of the public list stays out, with its reason.
CREATE FUNCTION challenges_question_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.answered_at IS NOT NULL OR OLD.moved_out_at IS NOT NULL THEN
      RAISE EXCEPTION 'a published answer stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.moved_out_at IS NOT NULL AND (NEW.moved_out_at, NEW.moved_out_by_id, NEW.moved_out_reason)
     IS DISTINCT FROM (OLD.moved_out_at, OLD.moved_out_by_id, OLD.moved_out_reason) THEN
    RAISE EXCEPTION 'a private matter stays out of the public list' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.answered_at IS NOT NULL THEN
    IF NEW.answered_at IS NULL OR NEW.text <> OLD.text OR NEW.asked_by_id <> OLD.asked_by_id THEN
      RAISE EXCEPTION 'a published answer stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.answer <> OLD.answer AND NOT EXISTS (
         SELECT 1 FROM challenges_answercorrection c
         WHERE c.question_id = OLD.id AND c.old_text = OLD.answer AND c.new_text = NEW.answer) THEN
      RAISE EXCEPTION 'a published answer changes only by a correction' USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER challenges_question_guard BEFORE UPDATE OR DELETE ON challenges_question
  FOR EACH ROW EXECUTE FUNCTION challenges_question_guard();

-- An incident that was applied stays as it is.
CREATE FUNCTION challenges_incident_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.applied_at IS NOT NULL THEN
    RAISE EXCEPTION 'an incident that moved deadlines is kept' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER challenges_incident_guard BEFORE UPDATE OR DELETE ON challenges_incident
  FOR EACH ROW EXECUTE FUNCTION challenges_incident_guard();

-- Answers like the one being typed.
CREATE INDEX challenge_question_text_trgm ON challenges_question USING gin (lower(text) gin_trgm_ops)
  WHERE answered_at IS NOT NULL AND moved_out_at IS NULL;
CREATE INDEX challenge_question_words ON challenges_question USING gin (to_tsvector('portal_es'::regconfig, coalesce(text, '')))
  WHERE answered_at IS NOT NULL AND moved_out_at IS NULL;
