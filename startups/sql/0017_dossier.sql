-- What was looked at stays as it was: papers end, verifications end, checks lose at most the paper the schedule deletes.

CREATE FUNCTION startups_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  own text[] := TG_ARGV;
BEGIN
  IF (to_jsonb(NEW) - own) <> (to_jsonb(OLD) - own) THEN
    RAISE EXCEPTION '% is ended, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.ended_at IS NOT NULL AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
    RAISE EXCEPTION '% ends once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_dossierpaper_guard BEFORE UPDATE ON startups_dossierpaper
  FOR EACH ROW EXECUTE FUNCTION startups_ends_once('ended_at', 'ended_by_id');
CREATE TRIGGER startups_verification_guard BEFORE UPDATE ON startups_verification
  FOR EACH ROW EXECUTE FUNCTION startups_ends_once('ended_at', 'ended_by_id', 'ended_reason');
CREATE TRIGGER startups_verification_stays BEFORE DELETE ON startups_verification
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION startups_paper_is_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_at IS NULL AND (OLD.valid_until IS NULL OR OLD.valid_until >= portal_now()::date) THEN
    RAISE EXCEPTION 'a paper that holds is ended, never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER startups_paper_is_over BEFORE DELETE ON startups_dossierpaper
  FOR EACH ROW EXECUTE FUNCTION startups_paper_is_over();

CREATE FUNCTION startups_verificationcheck_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.paper_id IS NOT NULL AND NEW.paper_id IS DISTINCT FROM OLD.paper_id
     OR (to_jsonb(NEW) - 'paper_id') <> (to_jsonb(OLD) - 'paper_id') THEN
    RAISE EXCEPTION 'a check is never changed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_verificationcheck_guard BEFORE UPDATE OR DELETE ON startups_verificationcheck
  FOR EACH ROW EXECUTE FUNCTION startups_verificationcheck_guard();

-- A proposal that the opening's record says doesn't match is opened by a late opening of its own: two people, a reason.
CREATE FUNCTION startups_stopped_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM startups_opening o, jsonb_array_elements(o.record) entry
             WHERE o.challenge_id = NEW.challenge_id AND entry ->> 'proposal' = NEW.public_id
               AND NOT (entry ->> 'matches')::boolean)
     AND NOT EXISTS (SELECT 1 FROM startups_lateopening late WHERE late.proposal_id = NEW.id) THEN
    RAISE EXCEPTION 'a stopped proposal is opened by two people' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_stopped_guard BEFORE UPDATE ON startups_proposal
  FOR EACH ROW WHEN (OLD.opened_at IS NULL AND NEW.opened_at IS NOT NULL) EXECUTE FUNCTION startups_stopped_guard();
