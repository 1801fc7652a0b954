-- Abnormally low offers: each part of a hearing is written once, in order; the offer and its limit never change.
CREATE FUNCTION startups_abnormal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an abnormally low offer stays on record' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.proposal_id, NEW.offer_net, NEW.limit_net, NEW.found_at)
     IS DISTINCT FROM (OLD.proposal_id, OLD.offer_net, OLD.limit_net, OLD.found_at)
     OR (OLD.asked_at IS NOT NULL AND (NEW.request, NEW.due_at, NEW.asked_at, NEW.asked_by_id)
         IS DISTINCT FROM (OLD.request, OLD.due_at, OLD.asked_at, OLD.asked_by_id))
     OR (OLD.answered_at IS NOT NULL AND (NEW.answer, NEW.answered_at, NEW.answered_by_id)
         IS DISTINCT FROM (OLD.answer, OLD.answered_at, OLD.answered_by_id))
     OR OLD.decided_at IS NOT NULL THEN
    RAISE EXCEPTION 'each part of a hearing is written once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_abnormal_guard BEFORE UPDATE OR DELETE ON startups_abnormaloffer
  FOR EACH ROW EXECUTE FUNCTION startups_abnormal_guard();

-- Who presents, and what was given for it, are written once.
CREATE TRIGGER startups_shortlist_append_only BEFORE UPDATE OR DELETE ON startups_shortlist
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER startups_pitchscore_append_only BEFORE UPDATE OR DELETE ON startups_pitchscore
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
-- Points of a presentation are given between the shortlist and the lock, on a criterion of presentation of that call.
CREATE FUNCTION startups_pitchscore_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
      SELECT 1 FROM startups_proposal p
        JOIN startups_shortlist s ON s.challenge_id = p.challenge_id
        JOIN challenges_criterion k ON k.id = NEW.criterion_id AND k.challenge_id = p.challenge_id AND k.kind = 'pitch'
        JOIN startups_panelmember m ON m.id = NEW.member_id AND m.challenge_id = p.challenge_id
        LEFT JOIN startups_evaluation e ON e.challenge_id = p.challenge_id
        WHERE p.id = NEW.proposal_id AND e.locked_at IS NULL
          AND s.record @> jsonb_build_array(jsonb_build_object('proposal', p.public_id, 'presents', true))) THEN
    RAISE EXCEPTION 'points of a presentation are given to who presents, before the lock'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_pitchscore_guard BEFORE INSERT ON startups_pitchscore
  FOR EACH ROW EXECUTE FUNCTION startups_pitchscore_guard();
