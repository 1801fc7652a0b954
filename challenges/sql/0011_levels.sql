-- What each level of a criterion means is part of the call: it changes by a correction only.
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
    FOREACH changed IN ARRAY ARRAY['weight_percent', 'threshold_points', 'name', 'name_en', 'guidance', 'guidance_en',
                                 'anchors', 'anchors_en'] LOOP
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
