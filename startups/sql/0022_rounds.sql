-- An outage gives a hearing, or the answer to a question, more time: while nothing was answered or decided, never less.
CREATE OR REPLACE FUNCTION startups_abnormal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an abnormally low offer stays on record' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.proposal_id, NEW.offer_net, NEW.limit_net, NEW.found_at)
     IS DISTINCT FROM (OLD.proposal_id, OLD.offer_net, OLD.limit_net, OLD.found_at)
     OR (OLD.asked_at IS NOT NULL AND (NEW.request, NEW.asked_at, NEW.asked_by_id)
         IS DISTINCT FROM (OLD.request, OLD.asked_at, OLD.asked_by_id))
     OR (OLD.asked_at IS NOT NULL AND NEW.due_at IS DISTINCT FROM OLD.due_at
         AND (NEW.due_at IS NULL OR NEW.due_at < OLD.due_at OR OLD.answered_at IS NOT NULL))
     OR (OLD.answered_at IS NOT NULL AND (NEW.answer, NEW.answered_at, NEW.answered_by_id)
         IS DISTINCT FROM (OLD.answer, OLD.answered_at, OLD.answered_by_id))
     OR OLD.decided_at IS NOT NULL THEN
    RAISE EXCEPTION 'each part of a hearing is written once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION startups_clarificationanswer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.answered_at IS NOT NULL
     OR NEW.clarification_id <> OLD.clarification_id OR NEW.proposal_id <> OLD.proposal_id
     OR (NEW.due_at IS DISTINCT FROM OLD.due_at AND (NEW.due_at IS NULL OR NEW.due_at <
         COALESCE(OLD.due_at, (SELECT c.due_at FROM startups_clarification c WHERE c.id = OLD.clarification_id)))) THEN
    RAISE EXCEPTION 'an answer is given once, in a term that only grows' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

-- A session may agree the points of a presentation, too.
CREATE OR REPLACE FUNCTION startups_agreed_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF startups_proposal_is_locked(NEW.proposal_id) THEN
    RAISE EXCEPTION 'the scores are locked' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM startups_proposal p
      JOIN challenges_criterion c ON c.challenge_id = p.challenge_id AND c.id = NEW.criterion_id
        AND c.kind IN ('judgement', 'pitch')
      JOIN startups_panelsession s ON s.challenge_id = p.challenge_id AND s.id = NEW.session_id
      WHERE p.id = NEW.proposal_id) THEN
    RAISE EXCEPTION 'an agreed score is of one call: proposal, criterion and session' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
