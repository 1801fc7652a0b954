-- The one clock. The session variable `portal.now` counts only for the database's owner: an application session
-- can't travel in time, whatever it sets, nor by way of a function that runs with the owner's rights.
CREATE OR REPLACE FUNCTION portal_now() RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
  wanted text := current_setting('portal.now', true);
BEGIN
  IF wanted IS NULL OR wanted = '' THEN
    RETURN clock_timestamp();
  END IF;
  IF EXISTS (SELECT 1 FROM pg_database d WHERE d.datname = current_database()
             AND pg_get_userbyid(d.datdba) = session_user) AND session_user = current_user THEN
    RETURN wanted::timestamptz;
  END IF;
  RETURN clock_timestamp();
END $$;

-- Rows that are written once. Used by triggers on audit events, links, ledger entries and receipts.
CREATE OR REPLACE FUNCTION portal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- What a link of the chain vouches for: the named columns of the row, in a fixed form that does not depend on the
-- session's time zone, so that a column added later breaks no hash.
CREATE OR REPLACE FUNCTION portal_row_digest(content jsonb, fields text, prev text) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(prev || (
    SELECT coalesce(jsonb_object_agg(k, content -> k), '{}'::jsonb)::text
    FROM unnest(string_to_array(fields, ',')) AS k), 'UTF8')), 'hex')
$$;

-- Deferred: runs at commit, so that the one lock is held for the shortest time and always in the same order.
-- Arguments of the trigger: name of the chain, columns that the hash covers.
CREATE OR REPLACE FUNCTION portal_chain_append() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  last_seq bigint;
  last_hash text;
BEGIN
  PERFORM pg_advisory_xact_lock(7021551);
  SELECT seq, hash INTO last_seq, last_hash FROM audit_chainlink WHERE chain = TG_ARGV[0] ORDER BY seq DESC LIMIT 1;
  INSERT INTO audit_chainlink (chain, seq, row_id, fields, prev_hash, hash)
  VALUES (TG_ARGV[0], coalesce(last_seq, 0) + 1, NEW.id, TG_ARGV[1], coalesce(last_hash, ''),
          portal_row_digest(to_jsonb(NEW), TG_ARGV[1], coalesce(last_hash, '')));
  RETURN NULL;
END $$;

CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_auditevent
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_auditevent
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER audit_link_append_only BEFORE UPDATE OR DELETE ON audit_chainlink
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER audit_link_no_truncate BEFORE TRUNCATE ON audit_chainlink
  FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE CONSTRAINT TRIGGER audit_event_chain AFTER INSERT ON audit_auditevent DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION portal_chain_append(
    'audit', 'id,kind,target_label,target_id,actor_id,old,new,fields,amount,reason,request_id,occurred_at');
