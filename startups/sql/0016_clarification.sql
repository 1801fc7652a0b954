-- The term of who was asked later stays as it was told.

CREATE OR REPLACE FUNCTION startups_clarificationanswer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.answered_at IS NOT NULL
     OR NEW.clarification_id <> OLD.clarification_id OR NEW.proposal_id <> OLD.proposal_id
     OR NEW.due_at IS DISTINCT FROM OLD.due_at THEN
    RAISE EXCEPTION 'an answer is given once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
