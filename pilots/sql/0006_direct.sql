-- Contracts and contributions that the Office enters: the same ledger, the same rules.

CREATE OR REPLACE FUNCTION pilots_ledger_carry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
       OR r.part_id IS DISTINCT FROM NEW.part_id
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

  IF NEW.part_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM pilots_contractpart t JOIN pilots_directcontract k ON k.id = t.contract_id
      WHERE t.id = NEW.part_id AND k.commitment_id = NEW.commitment_id) THEN
    RAISE EXCEPTION 'the part belongs to another contract'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_of_its_commitment';
  END IF;
  IF NEW.part_id IS NULL AND NEW.phase IN ('O', 'P') AND EXISTS (
      SELECT 1 FROM pilots_directcontract k WHERE k.commitment_id = NEW.commitment_id) THEN
    RAISE EXCEPTION 'an obligation of a contract of the Office names its part'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_names_its_part';
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
  IF NEW.part_id IS NOT NULL THEN
    UPDATE pilots_contractpart SET
      o = o + CASE WHEN NEW.phase = 'O' THEN NEW.amount ELSE 0 END,
      p = p + CASE WHEN NEW.phase = 'P' THEN NEW.amount ELSE 0 END
    WHERE id = NEW.part_id;
  END IF;
  RETURN NULL;
END $$;

-- The chain vouches for the part as well, from here on.
DROP TRIGGER pilots_ledger_chain ON pilots_ledgerentry;
CREATE CONSTRAINT TRIGGER pilots_ledger_chain AFTER INSERT ON pilots_ledgerentry DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION portal_chain_append('ledger',
    'id,line_id,expenditure_id,commitment_id,milestone_id,part_id,phase,amount,document_no,reverses_id,reason,ordered_on,paid_on,made_at,made_by_id');

ALTER TABLE pilots_contractpart ADD CONSTRAINT part_amounts_are_numbers
  CHECK (amount_net <> 'NaN' AND amount_gross <> 'NaN');
-- A part without entries may go while its contract is written again; with them foreign keys keep it.
CREATE TRIGGER pilots_part_sums BEFORE INSERT OR UPDATE ON pilots_contractpart
  FOR EACH ROW EXECUTE FUNCTION pilots_sums_guard('o,p', 'contract_id');
CREATE TRIGGER pilots_direct_fixed BEFORE INSERT OR UPDATE ON pilots_directcontract
  FOR EACH ROW EXECUTE FUNCTION pilots_sums_guard('', 'commitment_id,reference');

-- Parts add up to the contract, net and gross; once two people signed it neither amounts nor parts change.
CREATE FUNCTION pilots_parts_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  c record;
  m record;
BEGIN
  SELECT w.amount_net, w.amount_gross INTO c FROM pilots_directcontract k JOIN pilots_commitment w ON w.id = k.commitment_id
    WHERE k.id = coalesce(NEW.contract_id, OLD.contract_id);
  SELECT coalesce(sum(amount_net), 0) AS net, coalesce(sum(amount_gross), 0) AS gross INTO m
    FROM pilots_contractpart WHERE contract_id = coalesce(NEW.contract_id, OLD.contract_id);
  IF c.amount_net <> m.net OR c.amount_gross <> m.gross THEN
    RAISE EXCEPTION 'parts add up to % net and % gross, the contract is % and %',
      m.net, m.gross, c.amount_net, c.amount_gross USING ERRCODE = 'check_violation', CONSTRAINT = 'parts_add_up';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pilots_parts_add_up AFTER INSERT OR DELETE OR UPDATE OF amount_net, amount_gross
  ON pilots_contractpart DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pilots_parts_add_up();

CREATE FUNCTION pilots_direct_signed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  k record;
BEGIN
  IF TG_TABLE_NAME = 'pilots_contractpart' THEN
    SELECT status INTO k FROM pilots_directcontract
      WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.contract_id ELSE OLD.contract_id END;
  ELSE
    SELECT status INTO k FROM pilots_directcontract WHERE commitment_id = OLD.id;
  END IF;
  IF k.status IN ('running', 'completed', 'ended') THEN
    RAISE EXCEPTION 'a signed contract keeps its amounts and parts'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'direct_signed';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER pilots_part_signed BEFORE INSERT OR DELETE OR UPDATE OF amount_net, amount_gross, number
  ON pilots_contractpart FOR EACH ROW EXECUTE FUNCTION pilots_direct_signed();
CREATE TRIGGER pilots_commitment_signed BEFORE UPDATE OF amount_net, amount_gross, vat_rate, supplier_tax_id
  ON pilots_commitment FOR EACH ROW EXECUTE FUNCTION pilots_direct_signed();

-- A contract on the minor route is under the limit, net; it never goes back to be rewritten once signed.
CREATE FUNCTION pilots_direct_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.status IN ('running', 'completed', 'ended', 'dropped')
     AND NEW.status IN ('waiting', 'returned', 'dropped') AND NEW.status <> OLD.status THEN
    RAISE EXCEPTION 'a contract only goes forward' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'direct_forward';
  END IF;
  IF NEW.route = 'minor' AND NEW.status IN ('waiting', 'running') AND (
      SELECT c.amount_net FROM pilots_commitment c WHERE c.id = NEW.commitment_id
    ) >= pilots_minor_limit(portal_now()::date) THEN
    RAISE EXCEPTION 'a minor contract is under % net', pilots_minor_limit(portal_now()::date)
      USING ERRCODE = 'check_violation', CONSTRAINT = 'minor_contract_limit';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER pilots_direct_guard BEFORE INSERT OR UPDATE ON pilots_directcontract
  FOR EACH ROW EXECUTE FUNCTION pilots_direct_guard();
