-- Words of challenges put to the market, against which a misspelling is held. Accents and capitals apart.
CREATE FUNCTION challenges_words(document text) RETURNS TABLE (plain text, shown text) LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (1) unaccent(word), word
  FROM (SELECT (regexp_matches(lower(document), '[[:alpha:]]{4,40}', 'g'))[1] AS word) AS found
  ORDER BY 1, 2 DESC
$$;

-- All that is public of a challenge once it is put to the market; NULL of one that is not, or that ended before.
CREATE FUNCTION challenges_wording(c challenges_challenge) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT concat_ws(' ',
    c.title, c.title_en, c.summary, c.summary_en, c.problem, c.problem_en, c.affected, c.affected_en,
    c.tried, c.tried_en, c.outcome, c.outcome_en, c.baseline, c.baseline_en, c.target, c.target_en,
    c.place, c.place_en, c.systems, c.systems_en, c.data_available, c.data_available_en,
    c.contribution, c.contribution_en,
    (SELECT name || ' ' || name_en FROM reference_policyarea WHERE id = c.policy_area_id),
    (SELECT name || ' ' || name_en FROM reference_department WHERE id = c.department_id))
  WHERE c.status NOT IN ('draft', 'submitted', 'returned', 'rejected', 'merged')
    AND NOT (c.status = 'cancelled' AND c.ended_at < c.publish_at)
$$;

-- What is not said any more is forgotten where no other challenge put to the market says it. The index finds it by the
-- stem; whoever offers a word looks again whether it is public.
CREATE FUNCTION challenges_learn_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  said text := challenges_wording(NEW);
  was_said text;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    was_said := challenges_wording(OLD);
  END IF;
  IF was_said IS DISTINCT FROM said AND was_said IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext('challenges_searchword')); -- nobody counts on a word that is being forgotten
    DELETE FROM challenges_searchword AS w
    WHERE w.plain IN (SELECT left(plain, 40) FROM challenges_words(was_said)
                      EXCEPT SELECT left(plain, 40) FROM challenges_words(said))
      AND NOT EXISTS (
        SELECT FROM challenges_challenge c
        WHERE c.search @@ (plainto_tsquery('portal_es', w.shown) || plainto_tsquery('portal_en', w.shown))
          AND c.id <> NEW.id AND challenges_wording(c) IS NOT NULL)
      AND NOT EXISTS (
        SELECT FROM challenges_words((SELECT string_agg(name || ' ' || name_en, ' ') FROM (
          SELECT name, name_en FROM reference_policyarea UNION ALL SELECT name, name_en FROM reference_department
        ) AS names)) AS named WHERE named.plain = w.plain);
  END IF;
  IF said IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock_shared(hashtext('challenges_searchword'));
    INSERT INTO challenges_searchword (plain, shown)
    SELECT left(w.plain, 40), w.shown FROM challenges_words(said) AS w
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER challenges_learn_words AFTER INSERT OR UPDATE OF status, ended_at, publish_at, title, title_en, summary, summary_en, problem,
  problem_en, affected, affected_en, tried, tried_en, outcome, outcome_en, baseline, baseline_en, target, target_en,
  place, place_en, systems, systems_en, data_available, data_available_en, contribution, contribution_en
  ON challenges_challenge FOR EACH ROW EXECUTE FUNCTION challenges_learn_words();
ALTER TABLE challenges_challenge ENABLE ALWAYS TRIGGER challenges_learn_words; -- a copied row is searched, too

-- The index on titles alone served the search before.
DROP INDEX challenge_title_trgm;
