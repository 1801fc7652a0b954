-- The ranking is made once, and again only in the very transaction that leaves an offer out for its price. Points of the
-- price, places and ties could be rewritten from then until the award, before.

-- A hearing begins undecided, and the transaction of its decision is written down by the database.
CREATE FUNCTION startups_abnormal_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.decided_at IS NOT NULL THEN
    RAISE EXCEPTION 'a hearing begins undecided' USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.decided_in := CASE WHEN NEW.decided_at IS NULL THEN NULL ELSE pg_current_xact_id()::text::bigint END;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_abnormal_decided BEFORE INSERT OR UPDATE ON startups_abnormaloffer
  FOR EACH ROW EXECUTE FUNCTION startups_abnormal_decided();

CREATE OR REPLACE FUNCTION startups_result_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_challenge bigint;
  the_status text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'the points of the panel are fixed' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT c.id, c.status INTO the_challenge, the_status FROM startups_proposal p
    JOIN challenges_challenge c ON c.id = p.challenge_id WHERE p.id = NEW.proposal_id;
  IF TG_OP = 'INSERT' AND NOT startups_proposal_is_locked(NEW.proposal_id) THEN
    RAISE EXCEPTION 'there are no points before the lock' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
    IF (NEW.id, NEW.proposal_id, NEW.judgement_points) IS DISTINCT FROM (OLD.id, OLD.proposal_id, OLD.judgement_points)
       OR EXISTS (SELECT 1 FROM jsonb_each(OLD.points) o JOIN challenges_criterion k ON k.id = o.key::bigint
                  WHERE k.kind <> 'formula' AND NEW.points -> o.key IS DISTINCT FROM o.value) THEN
      RAISE EXCEPTION 'the points of the panel are fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF the_status <> 'evaluating' OR (OLD.total_points IS NOT NULL AND (
        NEW.price_net IS DISTINCT FROM OLD.price_net OR NOT EXISTS (
        SELECT 1 FROM startups_abnormaloffer a JOIN startups_proposal p ON p.id = a.proposal_id
        WHERE p.challenge_id = the_challenge AND a.is_accepted IS FALSE
          AND a.decided_in = pg_current_xact_id()::text::bigint))) THEN
      RAISE EXCEPTION 'the ranking is made once' USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  IF NEW.judgement_points <> startups_points_of(NEW.points, the_challenge, ARRAY['judgement'])
     OR NEW.total_points <> startups_points_of(NEW.points, the_challenge, ARRAY['judgement', 'pitch', 'formula'])
     OR NEW.price_points <> startups_points_of(NEW.points, the_challenge, ARRAY['formula']) THEN
    RAISE EXCEPTION 'points are the sum of their parts' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
