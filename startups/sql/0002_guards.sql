-- The seal and the deadline, kept by the database whoever writes the row.

-- A submission is taken from opens_at until closes_at, exclusive, by the database's clock. Its instant was read in
-- this transaction after the challenge was locked: not before the transaction began, not in the future.
CREATE FUNCTION startups_check_deadline(the_proposal bigint, instant timestamptz, what text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  c record;
BEGIN
  SELECT ch.status, ch.publish_at, ch.opens_at, ch.closes_at INTO c
    FROM startups_proposal p JOIN challenges_challenge ch ON ch.id = p.challenge_id WHERE p.id = the_proposal;
  IF instant > portal_now() OR instant < portal_now() - (clock_timestamp() - transaction_timestamp()) THEN
    RAISE EXCEPTION '% carries the time it happens', what USING ERRCODE = 'check_violation';
  END IF;
  IF c.status <> 'published' OR instant < greatest(c.publish_at, c.opens_at) OR instant >= c.closes_at THEN
    RAISE EXCEPTION '% is refused: the challenge does not take proposals', what USING ERRCODE = 'check_violation';
  END IF;
END $$;

CREATE FUNCTION startups_submission_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM startups_check_deadline(NEW.proposal_id, NEW.submitted_at, 'a submission');
    IF NEW.technical IS NOT NULL OR NEW.economic IS NOT NULL THEN
      RAISE EXCEPTION 'a submission is sealed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a submission is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - 'technical' - 'economic' - 'superseded_by_id')
     <> (to_jsonb(OLD) - 'technical' - 'economic' - 'superseded_by_id') THEN
    RAISE EXCEPTION 'a submission is never changed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.superseded_by_id IS NOT NULL AND NEW.superseded_by_id IS DISTINCT FROM OLD.superseded_by_id THEN
    RAISE EXCEPTION 'a submission is superseded once' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.technical IS DISTINCT FROM OLD.technical AND (OLD.technical IS NOT NULL OR NOT EXISTS (
      SELECT 1 FROM startups_proposal p WHERE p.id = NEW.proposal_id AND p.opened_at IS NOT NULL)) THEN
    RAISE EXCEPTION 'the technical envelope is written once, by the opening' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.economic IS DISTINCT FROM OLD.economic AND (OLD.economic IS NOT NULL OR NOT EXISTS (
      SELECT 1 FROM startups_proposal p JOIN startups_evaluation e ON e.challenge_id = p.challenge_id
      WHERE p.id = NEW.proposal_id AND e.locked_at IS NOT NULL)) THEN
    RAISE EXCEPTION 'the economic envelope stays sealed until judgement is locked' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_submission_guard BEFORE INSERT OR UPDATE OR DELETE ON startups_submission
  FOR EACH ROW EXECUTE FUNCTION startups_submission_guard();

CREATE FUNCTION startups_withdrawal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM startups_check_deadline(NEW.proposal_id, NEW.withdrawn_at, 'a withdrawal');
  RETURN NEW;
END $$;
CREATE TRIGGER startups_withdrawal_guard BEFORE INSERT ON startups_withdrawal
  FOR EACH ROW EXECUTE FUNCTION startups_withdrawal_guard();
CREATE TRIGGER startups_withdrawal_append_only BEFORE UPDATE OR DELETE ON startups_withdrawal
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION startups_receipt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM startups_submission s WHERE s.id = NEW.submission_id
                 AND s.submitted_at = NEW.received_at AND s.manifest_hash = NEW.manifest_hash) THEN
    RAISE EXCEPTION 'a receipt says what its submission says' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_receipt_guard BEFORE INSERT ON startups_receipt
  FOR EACH ROW EXECUTE FUNCTION startups_receipt_guard();
CREATE TRIGGER startups_receipt_append_only BEFORE UPDATE OR DELETE ON startups_receipt
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER startups_receipt_no_truncate BEFORE TRUNCATE ON startups_receipt
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE CONSTRAINT TRIGGER startups_receipt_chain AFTER INSERT ON startups_receipt DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION portal_chain_append(
    'receipts', 'id,submission_id,register_number,code,received_at,manifest_hash');

-- Proposals: whose it is never changes; the seal is broken by an opening only; a withdrawn organisation starts nothing.
CREATE FUNCTION startups_proposal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF EXISTS (SELECT 1 FROM startups_organisation o WHERE o.id = NEW.organisation_id AND o.withdrawn_at IS NOT NULL) THEN
      RAISE EXCEPTION 'a withdrawn organisation starts no proposal' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status <> 'draft' OR NEW.opened_at IS NOT NULL THEN
      RAISE EXCEPTION 'a proposal starts as a draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.challenge_id <> OLD.challenge_id OR NEW.organisation_id <> OLD.organisation_id THEN
    RAISE EXCEPTION 'a proposal stays with its challenge and organisation' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.opened_at IS DISTINCT FROM OLD.opened_at AND (OLD.opened_at IS NOT NULL OR NOT EXISTS (
      SELECT 1 FROM startups_opening o WHERE o.challenge_id = NEW.challenge_id)) THEN
    RAISE EXCEPTION 'a proposal is opened once, by the opening of its challenge' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.status = 'submitted' AND OLD.status <> 'submitted' AND NOT EXISTS (
      SELECT 1 FROM startups_submission s WHERE s.proposal_id = NEW.id) THEN
    RAISE EXCEPTION 'a submitted proposal has a submission' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_proposal_guard BEFORE INSERT OR UPDATE ON startups_proposal
  FOR EACH ROW EXECUTE FUNCTION startups_proposal_guard();

CREATE FUNCTION startups_opening_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT 1 FROM challenges_challenge c WHERE c.id = NEW.challenge_id
                   AND c.status IN ('published', 'evaluating') AND c.closes_at <= portal_now()
                   AND NEW.opened_at >= c.closes_at) THEN
      RAISE EXCEPTION 'proposals stay sealed until the deadline' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'report_id') <> (to_jsonb(OLD) - 'report_id') OR OLD.report_id IS NOT NULL THEN
    RAISE EXCEPTION 'an opening is never changed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_opening_guard BEFORE INSERT OR UPDATE OR DELETE ON startups_opening
  FOR EACH ROW EXECUTE FUNCTION startups_opening_guard();

-- Judgement scores: fixed once handed in.
CREATE FUNCTION startups_score_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_sheet bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.sheet_id ELSE NEW.sheet_id END;
BEGIN
  IF EXISTS (SELECT 1 FROM startups_scoresheet s JOIN startups_proposal p ON p.id = s.proposal_id
             LEFT JOIN startups_evaluation e ON e.challenge_id = p.challenge_id
             WHERE s.id = the_sheet AND (s.status = 'handed_in' OR e.locked_at IS NOT NULL)) THEN
    RAISE EXCEPTION 'scores handed in are fixed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER startups_score_guard BEFORE INSERT OR UPDATE OR DELETE ON startups_score
  FOR EACH ROW EXECUTE FUNCTION startups_score_guard();

CREATE FUNCTION startups_sheet_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'handed_in' AND (TG_OP = 'DELETE' OR NEW.status <> 'handed_in') THEN
    RAISE EXCEPTION 'a sheet handed in stays so' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER startups_sheet_guard BEFORE UPDATE OR DELETE ON startups_scoresheet
  FOR EACH ROW EXECUTE FUNCTION startups_sheet_guard();

CREATE FUNCTION startups_evaluation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.locked_at IS NOT NULL AND (TG_OP = 'DELETE' OR NEW.locked_at IS DISTINCT FROM OLD.locked_at) THEN
    RAISE EXCEPTION 'a locked evaluation stays locked' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER startups_evaluation_guard BEFORE UPDATE OR DELETE ON startups_evaluation
  FOR EACH ROW EXECUTE FUNCTION startups_evaluation_guard();
