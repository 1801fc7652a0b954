-- Points are made from scores once, at the lock, and again only where an offer was left out for its price; each is the
-- sum of its parts. After the evaluation they never change.
CREATE FUNCTION startups_points_of(the_points jsonb, the_challenge bigint, the_kinds text[]) RETURNS numeric
LANGUAGE sql STABLE AS $$
  SELECT COALESCE(sum(p.value::numeric), 0) FROM jsonb_each_text(the_points) p
  JOIN challenges_criterion k ON k.id = p.key::bigint AND k.challenge_id = the_challenge AND k.kind = ANY (the_kinds)
$$;

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
    IF the_status <> 'evaluating' OR (OLD.total_points IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM startups_abnormaloffer a JOIN startups_proposal p ON p.id = a.proposal_id
        WHERE p.challenge_id = the_challenge AND a.is_accepted IS FALSE)) THEN
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

-- What was let out to a panel that judges without names stays so; what comes later is added.
CREATE OR REPLACE FUNCTION startups_redaction_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.proposal_id <> OLD.proposal_id THEN
    RAISE EXCEPTION 'what was hidden stays on record' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.released_at IS NOT NULL AND (NEW.released_at IS DISTINCT FROM OLD.released_at
     OR NOT NEW.passages @> OLD.passages OR NOT NEW.hidden @> OLD.hidden OR NOT NEW.files <@ OLD.files
     OR NOT NEW.shown @> OLD.shown) THEN
    RAISE EXCEPTION 'after the panel has begun to read, more may be hidden, not less' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
