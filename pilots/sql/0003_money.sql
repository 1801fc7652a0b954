-- Money: sums are carried by triggers, bound by CHECK, and can't be written otherwise.
-- Refusals carry a CONSTRAINT name, which `pilots/actions/ledger.py` turns into words.
-- Locks, always in this order: years FOR SHARE (a movement of credit or of the year takes them whole), then lines by
-- (year, code). What the database does not know is who may: two people, roles and reasons are kept by the actions.

-- A NaN passes every comparison with a column: no amount may be one.
ALTER TABLE pilots_budgetyear ADD CONSTRAINT year_envelope_is_a_number CHECK (envelope <> 'NaN');
ALTER TABLE pilots_creditmovement ADD CONSTRAINT credit_amount_is_a_number CHECK (amount <> 'NaN');
ALTER TABLE pilots_ledgerentry ADD CONSTRAINT entry_amount_is_a_number CHECK (amount <> 'NaN');
ALTER TABLE pilots_commitment ADD CONSTRAINT commitment_amounts_are_numbers
  CHECK (amount_net <> 'NaN' AND amount_gross <> 'NaN' AND vat_rate <> 'NaN');
ALTER TABLE pilots_award ADD CONSTRAINT award_amounts_are_numbers
  CHECK (amount_net <> 'NaN' AND amount_gross <> 'NaN' AND vat_rate <> 'NaN');
ALTER TABLE pilots_milestone ADD CONSTRAINT milestone_amounts_are_numbers
  CHECK (amount_net <> 'NaN' AND amount_gross <> 'NaN');

-- The limit under which a contract is minor, in euros net, on a day (reference_rules is dated).
CREATE FUNCTION pilots_minor_limit(on_day date) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT minor_contract_limit_net FROM reference_rules WHERE valid_from <= on_day ORDER BY valid_from DESC LIMIT 1
$$;

-- Credit ------------------------------------------------------------------------------------------
CREATE FUNCTION pilots_credit_carry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  y record;
BEGIN
  -- The whole year is held: two movements at once could each be within the envelope and together over it.
  SELECT b.status INTO y FROM pilots_budgetline l JOIN pilots_budgetyear b ON b.id = l.budget_year_id
    WHERE l.id = NEW.line_id FOR NO KEY UPDATE OF b;
  IF y.status = 'closed' THEN
    RAISE EXCEPTION 'the budget year is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'year_closed';
  END IF;
  IF NEW.kind = 'initial' AND y.status <> 'provisional' THEN
    RAISE EXCEPTION 'initial credit is given before the year opens'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_decided';
  END IF;
  IF NEW.kind = 'not_available' THEN
    UPDATE pilots_budgetline SET not_available = not_available + NEW.amount WHERE id = NEW.line_id;
  ELSE
    UPDATE pilots_budgetline SET credit = credit + NEW.amount WHERE id = NEW.line_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER pilots_credit_carry AFTER INSERT ON pilots_creditmovement
  FOR EACH ROW EXECUTE FUNCTION pilots_credit_carry();
CREATE TRIGGER pilots_credit_append_only BEFORE UPDATE OR DELETE ON pilots_creditmovement
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER pilots_credit_no_truncate BEFORE TRUNCATE ON pilots_creditmovement
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

-- Over all lines of a year: at most the envelope while it is prepared, exactly the envelope plus generated and
-- carried-over credit once it is open. Deferred, so that a transfer may pass through two rows.
CREATE FUNCTION pilots_envelope_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  y record;
  total numeric;
  extra numeric;
BEGIN
  IF TG_TABLE_NAME = 'pilots_budgetyear' THEN
    SELECT * INTO y FROM pilots_budgetyear WHERE id = NEW.id;
  ELSE
    SELECT b.* INTO y FROM pilots_budgetyear b JOIN pilots_budgetline l ON l.budget_year_id = b.id WHERE l.id = NEW.line_id;
  END IF;
  IF y.id IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT coalesce(sum(l.credit), 0) INTO total FROM pilots_budgetline l WHERE l.budget_year_id = y.id;
  SELECT coalesce(sum(m.amount), 0) INTO extra FROM pilots_creditmovement m JOIN pilots_budgetline l ON l.id = m.line_id
    WHERE l.budget_year_id = y.id AND m.kind IN ('generated', 'carried_over');
  IF y.status = 'provisional' AND total - extra > y.envelope THEN
    RAISE EXCEPTION 'credits of % add up to %, over the envelope of %', y.year, total - extra, y.envelope
      USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_over_envelope';
  END IF;
  IF y.status = 'open' AND total - extra <> y.envelope THEN
    RAISE EXCEPTION 'credits of % add up to %, not the envelope of %', y.year, total - extra, y.envelope
      USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_not_the_envelope';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pilots_envelope_of_credit AFTER INSERT ON pilots_creditmovement DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION pilots_envelope_check();
CREATE CONSTRAINT TRIGGER pilots_envelope_of_year AFTER INSERT OR UPDATE ON pilots_budgetyear DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION pilots_envelope_check();

-- A transfer takes from one line of a year what it gives to another, in one decision. Once a year is open every change
-- of credit is a decision that two people took.
CREATE FUNCTION pilots_transfer_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  t record;
BEGIN
  IF NEW.kind = 'transfer' THEN
    IF NEW.decision_id IS NULL THEN
      RAISE EXCEPTION 'a transfer names its decision' USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_decided';
    END IF;
    SELECT sum(m.amount) AS total, count(DISTINCT l.budget_year_id) AS years INTO t
      FROM pilots_creditmovement m JOIN pilots_budgetline l ON l.id = m.line_id
      WHERE m.decision_id = NEW.decision_id AND m.kind = 'transfer';
    IF t.total <> 0 OR t.years <> 1 THEN
      RAISE EXCEPTION 'a transfer sums to %, not zero, in % years', t.total, t.years
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_sums_to_zero';
    END IF;
  END IF;
  IF EXISTS (SELECT 1 FROM pilots_budgetline l JOIN pilots_budgetyear b ON b.id = l.budget_year_id
             WHERE l.id = NEW.line_id AND b.status <> 'provisional')
     AND NOT EXISTS (SELECT 1 FROM audit_prepareddecision d WHERE d.id = NEW.decision_id AND d.approved_at IS NOT NULL)
     AND NEW.kind <> 'initial' THEN
    RAISE EXCEPTION 'credit of an open year changes by an approved decision'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_decided';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pilots_transfer_check AFTER INSERT ON pilots_creditmovement DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION pilots_transfer_check();

CREATE FUNCTION pilots_year_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.year <> OLD.year OR (OLD.status = 'closed' AND NEW.status <> 'closed')
     OR (OLD.status = 'open' AND NEW.status = 'provisional') THEN
    RAISE EXCEPTION 'a budget year only goes forward' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'year_forward';
  END IF;
  IF OLD.status = 'closed' AND NEW.envelope <> OLD.envelope THEN
    RAISE EXCEPTION 'the budget year is closed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'year_closed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER pilots_year_guard BEFORE UPDATE ON pilots_budgetyear FOR EACH ROW EXECUTE FUNCTION pilots_year_guard();

-- Sums that only the ledger's own triggers may write -----------------------------------------------
-- Depth alone proves nothing: a session may put a trigger of its own on a temporary table. The carrying functions run as
-- the tables' owner, which a session of the application is not.
-- Second argument: columns that are written once, with the row.
CREATE FUNCTION pilots_sums_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kept text[] := string_to_array(TG_ARGV[0], ',');
  fixed text[] := string_to_array(TG_ARGV[1], ',');
  k text;
BEGIN
  IF pg_trigger_depth() > 1 AND current_user = pg_get_userbyid((SELECT relowner FROM pg_class WHERE oid = TG_RELID)) THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION '% carries the ledger and is never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    FOREACH k IN ARRAY fixed LOOP
      IF to_jsonb(NEW) -> k <> to_jsonb(OLD) -> k THEN
        RAISE EXCEPTION '%.% is written once', TG_TABLE_NAME, k USING ERRCODE = 'restrict_violation';
      END IF;
    END LOOP;
  END IF;
  FOREACH k IN ARRAY kept LOOP
    IF TG_OP = 'INSERT' THEN
      IF (to_jsonb(NEW) ->> k)::numeric <> 0 THEN
        RAISE EXCEPTION '%.% is carried by the ledger', TG_TABLE_NAME, k USING ERRCODE = 'restrict_violation';
      END IF;
    ELSIF to_jsonb(NEW) -> k <> to_jsonb(OLD) -> k THEN
      RAISE EXCEPTION '%.% is carried by the ledger', TG_TABLE_NAME, k USING ERRCODE = 'restrict_violation';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER pilots_line_sums BEFORE INSERT OR UPDATE OR DELETE ON pilots_budgetline
  FOR EACH ROW EXECUTE FUNCTION pilots_sums_guard('credit,not_available,rc,a,d,o,p', 'budget_year_id,code');
CREATE TRIGGER pilots_expenditureline_sums BEFORE INSERT OR UPDATE OR DELETE ON pilots_expenditureline
  FOR EACH ROW EXECUTE FUNCTION pilots_sums_guard('rc,a,d,o,p', 'expenditure_id,line_id');
CREATE TRIGGER pilots_expenditure_fixed BEFORE INSERT OR UPDATE ON pilots_expenditure
  FOR EACH ROW EXECUTE FUNCTION pilots_sums_guard('', 'kind,challenge_id');
CREATE TRIGGER pilots_commitment_sums BEFORE INSERT OR UPDATE OR DELETE ON pilots_commitment
  FOR EACH ROW EXECUTE FUNCTION pilots_sums_guard('d,o,p', 'expenditure_id,award_id');
CREATE TRIGGER pilots_commitmentline_sums BEFORE INSERT OR UPDATE OR DELETE ON pilots_commitmentline
  FOR EACH ROW EXECUTE FUNCTION pilots_sums_guard('d,o,p', 'commitment_id,line_id');
CREATE TRIGGER pilots_milestone_sums BEFORE INSERT OR UPDATE OR DELETE ON pilots_milestone
  FOR EACH ROW EXECUTE FUNCTION pilots_sums_guard('o,p', 'pilot_id');

-- The ledger --------------------------------------------------------------------------------------
CREATE FUNCTION pilots_ledger_carry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  year_status text;
  x record;
  r record;
BEGIN
  SELECT b.status INTO year_status FROM pilots_budgetyear b
    WHERE b.id = (SELECT l.budget_year_id FROM pilots_budgetline l WHERE l.id = NEW.line_id) FOR SHARE OF b;
  PERFORM 1 FROM pilots_budgetline l WHERE l.id = NEW.line_id FOR NO KEY UPDATE;
  IF year_status = 'closed' AND (NEW.phase <> 'P' OR NEW.amount < 0) THEN
    RAISE EXCEPTION 'the budget year is closed: only payments of recognised obligations'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'year_closed';
  END IF;
  -- What an award needs of a provisional year waits as authorised money and is committed once the year opens.
  IF year_status = 'provisional' AND NEW.phase NOT IN ('RC', 'A') THEN
    RAISE EXCEPTION 'the budget year is provisional: nothing is committed before it opens'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'year_provisional';
  END IF;
  IF NEW.reverses_id IS NOT NULL THEN
    SELECT * INTO r FROM pilots_ledgerentry WHERE id = NEW.reverses_id;
    -- All reversals of an entry together undo at most the whole of it: they share its line, which is locked.
    IF r.line_id <> NEW.line_id OR r.expenditure_id <> NEW.expenditure_id OR r.phase <> NEW.phase
       OR r.commitment_id IS DISTINCT FROM NEW.commitment_id OR r.milestone_id IS DISTINCT FROM NEW.milestone_id
       OR sign(r.amount) = sign(NEW.amount)
       OR (SELECT abs(sum(e.amount)) FROM pilots_ledgerentry e WHERE e.reverses_id = r.id) > abs(r.amount) THEN
      RAISE EXCEPTION 'a reversal undoes the whole or a part of the entry it names'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_fits';
    END IF;
  END IF;
  SELECT * INTO x FROM pilots_expenditure WHERE id = NEW.expenditure_id;
  IF NEW.commitment_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM pilots_commitment c WHERE c.id = NEW.commitment_id AND c.expenditure_id = NEW.expenditure_id) THEN
    RAISE EXCEPTION 'the commitment belongs to another expenditure'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_of_its_expenditure';
  END IF;
  IF x.kind = 'challenge' AND NEW.phase IN ('O', 'P') AND NEW.milestone_id IS NULL THEN
    RAISE EXCEPTION 'an obligation of a pilot names its milestone'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_names_its_milestone';
  END IF;
  IF NEW.milestone_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM pilots_milestone m JOIN pilots_pilot p ON p.id = m.pilot_id
      JOIN pilots_commitment c ON c.award_id = p.award_id
      WHERE m.id = NEW.milestone_id AND c.id = NEW.commitment_id) THEN
    RAISE EXCEPTION 'the milestone belongs to another commitment'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_of_its_commitment';
  END IF;

  UPDATE pilots_budgetline SET
    rc = rc + CASE WHEN NEW.phase = 'RC' THEN NEW.amount ELSE 0 END,
    a = a + CASE WHEN NEW.phase = 'A' THEN NEW.amount ELSE 0 END,
    d = d + CASE WHEN NEW.phase = 'D' THEN NEW.amount ELSE 0 END,
    o = o + CASE WHEN NEW.phase = 'O' THEN NEW.amount ELSE 0 END,
    p = p + CASE WHEN NEW.phase = 'P' THEN NEW.amount ELSE 0 END
  WHERE id = NEW.line_id;
  INSERT INTO pilots_expenditureline (expenditure_id, line_id, rc, a, d, o, p)
    VALUES (NEW.expenditure_id, NEW.line_id, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING;
  UPDATE pilots_expenditureline SET
    rc = rc + CASE WHEN NEW.phase = 'RC' THEN NEW.amount ELSE 0 END,
    a = a + CASE WHEN NEW.phase = 'A' THEN NEW.amount ELSE 0 END,
    d = d + CASE WHEN NEW.phase = 'D' THEN NEW.amount ELSE 0 END,
    o = o + CASE WHEN NEW.phase = 'O' THEN NEW.amount ELSE 0 END,
    p = p + CASE WHEN NEW.phase = 'P' THEN NEW.amount ELSE 0 END
  WHERE expenditure_id = NEW.expenditure_id AND line_id = NEW.line_id;
  IF NEW.commitment_id IS NOT NULL THEN
    UPDATE pilots_commitment SET
      d = d + CASE WHEN NEW.phase = 'D' THEN NEW.amount ELSE 0 END,
      o = o + CASE WHEN NEW.phase = 'O' THEN NEW.amount ELSE 0 END,
      p = p + CASE WHEN NEW.phase = 'P' THEN NEW.amount ELSE 0 END
    WHERE id = NEW.commitment_id;
    INSERT INTO pilots_commitmentline (commitment_id, line_id, d, o, p)
      VALUES (NEW.commitment_id, NEW.line_id, 0, 0, 0) ON CONFLICT DO NOTHING;
    UPDATE pilots_commitmentline SET
      d = d + CASE WHEN NEW.phase = 'D' THEN NEW.amount ELSE 0 END,
      o = o + CASE WHEN NEW.phase = 'O' THEN NEW.amount ELSE 0 END,
      p = p + CASE WHEN NEW.phase = 'P' THEN NEW.amount ELSE 0 END
    WHERE commitment_id = NEW.commitment_id AND line_id = NEW.line_id;
  END IF;
  IF NEW.milestone_id IS NOT NULL THEN
    UPDATE pilots_milestone SET
      o = o + CASE WHEN NEW.phase = 'O' THEN NEW.amount ELSE 0 END,
      p = p + CASE WHEN NEW.phase = 'P' THEN NEW.amount ELSE 0 END
    WHERE id = NEW.milestone_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER pilots_ledger_carry AFTER INSERT ON pilots_ledgerentry
  FOR EACH ROW EXECUTE FUNCTION pilots_ledger_carry();
CREATE TRIGGER pilots_ledger_append_only BEFORE UPDATE OR DELETE ON pilots_ledgerentry
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER pilots_ledger_no_truncate BEFORE TRUNCATE ON pilots_ledgerentry
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE CONSTRAINT TRIGGER pilots_ledger_chain AFTER INSERT ON pilots_ledgerentry DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION portal_chain_append('ledger',
    'id,line_id,expenditure_id,commitment_id,milestone_id,phase,amount,document_no,reverses_id,reason,ordered_on,paid_on,made_at,made_by_id');

-- A minor contract is under the limit, net, at award and after every change -------------------------
CREATE FUNCTION pilots_commitment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM pilots_expenditure x JOIN challenges_challenge c ON c.id = x.challenge_id
             WHERE x.id = NEW.expenditure_id AND c.route = 'minor')
     AND NEW.amount_net >= pilots_minor_limit(portal_now()::date) THEN
    RAISE EXCEPTION 'a minor contract is under % net', pilots_minor_limit(portal_now()::date)
      USING ERRCODE = 'check_violation', CONSTRAINT = 'minor_contract_limit';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER pilots_commitment_guard BEFORE INSERT OR UPDATE ON pilots_commitment
  FOR EACH ROW EXECUTE FUNCTION pilots_commitment_guard();

-- Milestones of a pilot add up to its contract, net and gross. Deferred: they are written one after the other.
CREATE FUNCTION pilots_milestones_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  c record;
  m record;
BEGIN
  SELECT w.amount_net, w.amount_gross INTO c FROM pilots_pilot p JOIN pilots_award w ON w.id = p.award_id
    WHERE p.id = NEW.pilot_id;
  SELECT sum(amount_net) AS net, sum(amount_gross) AS gross INTO m FROM pilots_milestone WHERE pilot_id = NEW.pilot_id;
  IF c.amount_net <> m.net OR c.amount_gross <> m.gross THEN
    RAISE EXCEPTION 'milestones add up to % net and % gross, the contract is % and %',
      m.net, m.gross, c.amount_net, c.amount_gross USING ERRCODE = 'check_violation', CONSTRAINT = 'milestones_add_up';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pilots_milestones_add_up AFTER INSERT OR UPDATE OF amount_net, amount_gross ON pilots_milestone
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pilots_milestones_add_up();

-- A published challenge has its spending authorised: awards x gross of the maximum at the rate in force. Looked at when
-- the challenge changes, and when an authorisation is taken back.
CREATE FUNCTION pilots_published_is_covered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  rate numeric;
  needed numeric;
  authorised numeric;
  c record;
BEGIN
  IF TG_TABLE_NAME = 'pilots_ledgerentry' THEN
    SELECT h.* INTO c FROM challenges_challenge h JOIN pilots_expenditure x ON x.challenge_id = h.id
      WHERE x.id = NEW.expenditure_id;
  ELSE
    SELECT * INTO c FROM challenges_challenge WHERE id = NEW.id;
  END IF;
  IF c.status IS DISTINCT FROM 'published' THEN
    RETURN NULL;
  END IF;
  SELECT vat_rate INTO rate FROM reference_rules WHERE valid_from <= portal_now()::date ORDER BY valid_from DESC LIMIT 1;
  needed := c.awards_planned * round(c.max_amount_net * (1 + rate / 100), 2);
  SELECT coalesce(sum(l.a), 0) INTO authorised FROM pilots_expenditure x
    JOIN pilots_expenditureline l ON l.expenditure_id = x.id WHERE x.challenge_id = c.id;
  IF authorised < needed THEN
    RAISE EXCEPTION 'challenge % needs % authorised and has %', c.id, needed, authorised
      USING ERRCODE = 'check_violation', CONSTRAINT = 'published_is_covered';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pilots_published_is_covered
  AFTER UPDATE OF status, max_amount_net, awards_planned ON challenges_challenge
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pilots_published_is_covered();
CREATE CONSTRAINT TRIGGER pilots_authorised_stays AFTER INSERT ON pilots_ledgerentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.phase = 'A' AND NEW.amount < 0)
  EXECUTE FUNCTION pilots_published_is_covered();
