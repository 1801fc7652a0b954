-- What was erased and what the schedule destroyed stays on record; what is held isn't destroyed.

CREATE TRIGGER accounts_erasure_append_only BEFORE UPDATE OR DELETE ON accounts_erasure
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION accounts_retentionentry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.done_at IS NOT NULL THEN
    RAISE EXCEPTION 'what was done stays on record' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.held_at IS NOT NULL AND (TG_OP = 'DELETE' OR NEW.done_at IS NOT NULL) THEN
    RAISE EXCEPTION 'what is held stays until it is released' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER accounts_retentionentry_guard BEFORE UPDATE OR DELETE ON accounts_retentionentry
  FOR EACH ROW EXECUTE FUNCTION accounts_retentionentry_guard();
