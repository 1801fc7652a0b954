-- Who judges what, and who was challenged, stays as it was said.

CREATE FUNCTION startups_said_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a declaration stays' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.has_conflict AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
    RAISE EXCEPTION 'a conflict that was declared stays' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.member_id <> OLD.member_id THEN
    RAISE EXCEPTION 'everybody declares for themselves' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_conflictdeclaration_guard BEFORE UPDATE OR DELETE ON startups_conflictdeclaration
  FOR EACH ROW EXECUTE FUNCTION startups_said_guard();
CREATE TRIGGER startups_nameddeclaration_guard BEFORE UPDATE OR DELETE ON startups_nameddeclaration
  FOR EACH ROW EXECUTE FUNCTION startups_said_guard();

-- Asked once, answered once, decided once.
CREATE FUNCTION startups_recusation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  answer text[] := ARRAY['answered_at', 'admits', 'answer', 'due_at'];
  decision text[] := ARRAY['decided_at', 'decided_by_id', 'is_upheld', 'decision'];
BEGIN
  IF TG_OP = 'DELETE' OR OLD.decided_at IS NOT NULL
     OR (to_jsonb(NEW) - answer - decision) <> (to_jsonb(OLD) - answer - decision) THEN
    RAISE EXCEPTION 'a challenge of a member stays as it was asked and decided' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.answered_at IS NOT NULL
     AND (NEW.answered_at, NEW.admits, NEW.answer, NEW.due_at)
         IS DISTINCT FROM (OLD.answered_at, OLD.admits, OLD.answer, OLD.due_at) THEN
    RAISE EXCEPTION 'a challenged member answers once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_recusation_guard BEFORE UPDATE OR DELETE ON startups_recusation
  FOR EACH ROW EXECUTE FUNCTION startups_recusation_guard();

-- What the panel of a call without names was not to read is never shown to it afterwards.
CREATE FUNCTION startups_redaction_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.proposal_id <> OLD.proposal_id THEN
    RAISE EXCEPTION 'what was hidden stays on record' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.released_at IS NOT NULL AND (NEW.released_at IS DISTINCT FROM OLD.released_at
     OR NOT NEW.passages @> OLD.passages OR NOT NEW.hidden @> OLD.hidden OR NOT NEW.files <@ OLD.files) THEN
    RAISE EXCEPTION 'after the panel has begun to read, more may be hidden, not less' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_redaction_guard BEFORE UPDATE OR DELETE ON startups_redaction
  FOR EACH ROW EXECUTE FUNCTION startups_redaction_guard();

-- A pending challenge of a member holds the lock (Law 39/2015 art. 74).
CREATE FUNCTION startups_recusation_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM startups_recusation r JOIN startups_panelmember m ON m.id = r.member_id
             WHERE m.challenge_id = NEW.challenge_id AND r.decided_at IS NULL) THEN
    RAISE EXCEPTION 'a member of the panel is challenged: the director decides first' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_recusation_holds BEFORE UPDATE ON startups_evaluation
  FOR EACH ROW WHEN (OLD.locked_at IS NULL AND NEW.locked_at IS NOT NULL) EXECUTE FUNCTION startups_recusation_holds();
