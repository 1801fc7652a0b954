-- Scores are fixed once handed in, and everything that they count by once chair and secretary have locked them: no
-- route of the application and no statement of its database role changes what the ranking is made of.

CREATE FUNCTION startups_is_locked(the_challenge bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM startups_evaluation e WHERE e.challenge_id = the_challenge AND e.locked_at IS NOT NULL)
$$;

CREATE FUNCTION startups_proposal_is_locked(the_proposal bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM startups_proposal p JOIN startups_evaluation e ON e.challenge_id = p.challenge_id
                 WHERE p.id = the_proposal AND e.locked_at IS NOT NULL)
$$;

CREATE FUNCTION startups_sheet_is_fixed(the_sheet bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM startups_scoresheet s
                 WHERE s.id = the_sheet AND (s.status = 'handed_in' OR startups_proposal_is_locked(s.proposal_id)))
$$;

-- A score neither leaves a fixed sheet nor comes to one.
CREATE OR REPLACE FUNCTION startups_score_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TG_OP <> 'INSERT' AND startups_sheet_is_fixed(OLD.sheet_id))
     OR (TG_OP <> 'DELETE' AND startups_sheet_is_fixed(NEW.sheet_id)) THEN
    RAISE EXCEPTION 'scores handed in are fixed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP <> 'DELETE' AND NOT EXISTS (
      SELECT 1 FROM startups_scoresheet s JOIN startups_proposal p ON p.id = s.proposal_id
      JOIN challenges_criterion c ON c.challenge_id = p.challenge_id
      WHERE s.id = NEW.sheet_id AND c.id = NEW.criterion_id AND c.kind = 'judgement') THEN
    RAISE EXCEPTION 'the panel scores the criteria of the call' USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE OR REPLACE FUNCTION startups_sheet_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF startups_proposal_is_locked(NEW.proposal_id) THEN
      RAISE EXCEPTION 'the scores are locked' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status <> 'draft' THEN
      RAISE EXCEPTION 'a sheet starts empty' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.status = 'handed_in' OR startups_proposal_is_locked(OLD.proposal_id) THEN
    RAISE EXCEPTION 'a sheet handed in stays so' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.member_id <> OLD.member_id OR NEW.proposal_id <> OLD.proposal_id) THEN
    RAISE EXCEPTION 'a sheet stays with its member and proposal' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
DROP TRIGGER startups_sheet_guard ON startups_scoresheet;
CREATE TRIGGER startups_sheet_guard BEFORE INSERT OR UPDATE OR DELETE ON startups_scoresheet
  FOR EACH ROW EXECUTE FUNCTION startups_sheet_guard();

-- Final reasons, agreed scores, sessions, reassignments: as they are at the lock.
CREATE FUNCTION startups_reason_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TG_OP <> 'INSERT' AND startups_proposal_is_locked(OLD.proposal_id))
     OR (TG_OP <> 'DELETE' AND startups_proposal_is_locked(NEW.proposal_id)) THEN
    RAISE EXCEPTION 'the scores are locked' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER startups_reason_guard BEFORE INSERT OR UPDATE OR DELETE ON startups_criterionreason
  FOR EACH ROW EXECUTE FUNCTION startups_reason_guard();

CREATE FUNCTION startups_agreed_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF startups_proposal_is_locked(NEW.proposal_id) THEN
    RAISE EXCEPTION 'the scores are locked' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM startups_proposal p
      JOIN challenges_criterion c ON c.challenge_id = p.challenge_id AND c.id = NEW.criterion_id AND c.kind = 'judgement'
      JOIN startups_panelsession s ON s.challenge_id = p.challenge_id AND s.id = NEW.session_id
      WHERE p.id = NEW.proposal_id) THEN
    RAISE EXCEPTION 'an agreed score is of one call: proposal, criterion and session' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_agreed_guard BEFORE INSERT ON startups_agreedscore
  FOR EACH ROW EXECUTE FUNCTION startups_agreed_guard();
CREATE TRIGGER startups_agreed_append_only BEFORE UPDATE OR DELETE ON startups_agreedscore
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER startups_session_append_only BEFORE UPDATE OR DELETE ON startups_panelsession
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER startups_attendance_append_only BEFORE UPDATE OR DELETE ON startups_attendance
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER startups_replacement_append_only BEFORE UPDATE OR DELETE ON startups_replacement
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER startups_reassignment_append_only BEFORE UPDATE OR DELETE ON startups_reassignment
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION startups_reassignment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF startups_proposal_is_locked(NEW.proposal_id) THEN
    RAISE EXCEPTION 'the scores are locked' USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM startups_scoresheet s
             WHERE s.member_id = NEW.member_id AND s.proposal_id = NEW.proposal_id AND s.status = 'handed_in') THEN
    RAISE EXCEPTION 'a sheet handed in stays so' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_reassignment_guard BEFORE INSERT ON startups_reassignment
  FOR EACH ROW EXECUTE FUNCTION startups_reassignment_guard();

-- Who sits on the panel, as what, and who is recused from what: a sheet counts by it.
CREATE FUNCTION startups_panel_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF startups_is_locked(OLD.challenge_id) THEN
      RAISE EXCEPTION 'the panel of locked scores is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF (TG_OP = 'INSERT' AND startups_is_locked(NEW.challenge_id))
     OR (TG_OP = 'UPDATE' AND (startups_is_locked(OLD.challenge_id) OR startups_is_locked(NEW.challenge_id))
         AND (NEW.challenge_id, NEW.user_id, NEW.role, NEW.left_at, NEW.has_conflict, NEW.declared_at)
             IS DISTINCT FROM (OLD.challenge_id, OLD.user_id, OLD.role, OLD.left_at, OLD.has_conflict, OLD.declared_at))
  THEN
    RAISE EXCEPTION 'the panel of locked scores is fixed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_panel_guard BEFORE INSERT OR UPDATE OR DELETE ON startups_panelmember
  FOR EACH ROW EXECUTE FUNCTION startups_panel_guard();

CREATE FUNCTION startups_declaration_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TG_OP <> 'INSERT' AND startups_proposal_is_locked(OLD.proposal_id) AND (TG_OP = 'DELETE'
        OR (NEW.has_conflict, NEW.member_id, NEW.proposal_id) <> (OLD.has_conflict, OLD.member_id, OLD.proposal_id)))
     OR (TG_OP = 'INSERT' AND NEW.has_conflict AND startups_proposal_is_locked(NEW.proposal_id)) THEN
    RAISE EXCEPTION 'recusals of locked scores are fixed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER startups_declaration_guard BEFORE INSERT OR UPDATE OR DELETE ON startups_conflictdeclaration
  FOR EACH ROW EXECUTE FUNCTION startups_declaration_guard();

-- The lock itself, and the points that were released by it.
CREATE OR REPLACE FUNCTION startups_evaluation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.locked_at IS NOT NULL AND (TG_OP = 'DELETE'
     OR (NEW.challenge_id, NEW.locked_at, NEW.locked_by_chair_id, NEW.chair_locked_at, NEW.locked_by_secretary_id,
         NEW.secretary_locked_at, NEW.draw_seed)
        IS DISTINCT FROM (OLD.challenge_id, OLD.locked_at, OLD.locked_by_chair_id, OLD.chair_locked_at,
         OLD.locked_by_secretary_id, OLD.secretary_locked_at, OLD.draw_seed)
     OR (OLD.economic_opened_at IS NOT NULL AND NEW.economic_opened_at IS DISTINCT FROM OLD.economic_opened_at)) THEN
    RAISE EXCEPTION 'a locked evaluation stays locked' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION startups_result_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT startups_proposal_is_locked(NEW.proposal_id) THEN
      RAISE EXCEPTION 'there are no points before the lock' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR NEW.proposal_id <> OLD.proposal_id OR NEW.judgement_points <> OLD.judgement_points THEN
    RAISE EXCEPTION 'the points of the panel are fixed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_result_guard BEFORE INSERT OR UPDATE OR DELETE ON startups_proposalresult
  FOR EACH ROW EXECUTE FUNCTION startups_result_guard();
