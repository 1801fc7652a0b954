-- What was opened late stays on record; an answer given in writing stays as it was given.

CREATE TRIGGER startups_lateopening_append_only BEFORE UPDATE OR DELETE ON startups_lateopening
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER startups_clarification_append_only BEFORE UPDATE OR DELETE ON startups_clarification
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION startups_clarificationanswer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.answered_at IS NOT NULL
     OR NEW.clarification_id <> OLD.clarification_id OR NEW.proposal_id <> OLD.proposal_id THEN
    RAISE EXCEPTION 'an answer is given once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_clarificationanswer_guard BEFORE UPDATE OR DELETE ON startups_clarificationanswer
  FOR EACH ROW EXECUTE FUNCTION startups_clarificationanswer_guard();
