-- Words of challenges put to the market, against which a misspelling is held. Accents and capitals apart.
CREATE FUNCTION challenges_words(document text) RETURNS TABLE (plain text, shown text) LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (1) unaccent(word), word
  FROM (SELECT (regexp_matches(lower(document), '[[:alpha:]]{4,40}', 'g'))[1] AS word) AS found
  ORDER BY 1, 2 DESC
$$;

CREATE FUNCTION challenges_learn_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status NOT IN ('draft', 'submitted', 'returned', 'rejected') THEN
    INSERT INTO challenges_searchword (plain, shown)
    SELECT left(w.plain, 40), w.shown FROM challenges_words(concat_ws(' ',
      NEW.title, NEW.title_en, NEW.summary, NEW.summary_en, NEW.problem, NEW.problem_en, NEW.affected, NEW.affected_en,
      NEW.tried, NEW.tried_en, NEW.outcome, NEW.outcome_en, NEW.baseline, NEW.baseline_en, NEW.target, NEW.target_en,
      NEW.place, NEW.place_en, NEW.systems, NEW.systems_en, NEW.data_available, NEW.data_available_en,
      NEW.contribution, NEW.contribution_en,
      (SELECT name || ' ' || name_en FROM reference_policyarea WHERE id = NEW.policy_area_id),
      (SELECT name || ' ' || name_en FROM reference_department WHERE id = NEW.department_id))) AS w
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER challenges_learn_words AFTER INSERT OR UPDATE OF status, title, title_en, summary, summary_en, problem,
  problem_en, affected, affected_en, tried, tried_en, outcome, outcome_en, baseline, baseline_en, target, target_en,
  place, place_en, systems, systems_en, data_available, data_available_en, contribution, contribution_en
  ON challenges_challenge FOR EACH ROW EXECUTE FUNCTION challenges_learn_words();
ALTER TABLE challenges_challenge ENABLE ALWAYS TRIGGER challenges_learn_words; -- a copied row is searched, too

-- The index on titles alone served the search before.
DROP INDEX challenge_title_trgm;
