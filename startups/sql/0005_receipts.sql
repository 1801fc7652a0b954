-- The chain of receipts that anybody may download: it covers number, time, hash of what was handed in and hash of the
-- code, and nothing that leads to an organisation or a challenge. Its head is published once a day.

DROP TRIGGER startups_receipt_chain ON startups_receipt;
CREATE CONSTRAINT TRIGGER startups_receipt_chain AFTER INSERT ON startups_receipt DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION portal_chain_append('receipts', 'register_number,received_at,manifest_hash,code_hash');

CREATE OR REPLACE FUNCTION startups_receipt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM startups_submission s WHERE s.id = NEW.submission_id
                 AND s.submitted_at = NEW.received_at AND s.manifest_hash = NEW.manifest_hash) THEN
    RAISE EXCEPTION 'a receipt says what its submission says' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.code_hash <> encode(sha256(convert_to(NEW.code, 'UTF8')), 'hex') THEN
    RAISE EXCEPTION 'a receipt carries the hash of its code' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM startups_publishedhead h WHERE h.until > NEW.received_at) THEN
    RAISE EXCEPTION 'a receipt is never older than a published head' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION startups_head_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.until > portal_now() OR NEW.published_at > portal_now() THEN
    RAISE EXCEPTION 'a head is published after its day' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM startups_publishedhead h WHERE h.day >= NEW.day OR h.until >= NEW.until OR h.seq > NEW.seq) THEN
    RAISE EXCEPTION 'heads follow each other' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM audit_chainlink l WHERE l.chain = 'receipts' AND l.seq = NEW.seq AND l.hash = NEW.hash) OR EXISTS (
      SELECT 1 FROM audit_chainlink l JOIN startups_receipt r ON r.id = l.row_id
      WHERE l.chain = 'receipts' AND l.seq > NEW.seq AND r.received_at < NEW.until) THEN
    RAISE EXCEPTION 'a head is the last link of its day' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER startups_head_guard BEFORE INSERT ON startups_publishedhead
  FOR EACH ROW EXECUTE FUNCTION startups_head_guard();
CREATE TRIGGER startups_head_append_only BEFORE UPDATE OR DELETE ON startups_publishedhead
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER startups_head_no_truncate BEFORE TRUNCATE ON startups_publishedhead
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER startups_externalentry_append_only BEFORE UPDATE OR DELETE ON startups_externalentry
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
