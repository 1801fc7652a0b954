-- What was notified, and what was asked of a resolution, stays as it was: only the notification's date and the answer
-- are written beside it, the answer once.
CREATE FUNCTION pilots_letter_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.public_id, NEW.resolution_id, NEW.proposal_id, NEW.outcome, NEW.content, NEW.released_at, NEW.released_by_id)
     IS DISTINCT FROM
     (OLD.public_id, OLD.resolution_id, OLD.proposal_id, OLD.outcome, OLD.content, OLD.released_at, OLD.released_by_id)
  THEN
    RAISE EXCEPTION 'a released letter does not change'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'letter_unchanged';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER pilots_letter_guard BEFORE UPDATE ON pilots_letter
  FOR EACH ROW EXECUTE FUNCTION pilots_letter_guard();
CREATE TRIGGER pilots_letter_stays BEFORE DELETE ON pilots_letter
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION pilots_review_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.public_id, NEW.letter_id, NEW.text, NEW.file_id, NEW.lodged_at, NEW.lodged_by_id, NEW.due_on, NEW.is_late)
     IS DISTINCT FROM
     (OLD.public_id, OLD.letter_id, OLD.text, OLD.file_id, OLD.lodged_at, OLD.lodged_by_id, OLD.due_on, OLD.is_late)
     OR OLD.answered_at IS NOT NULL THEN
    RAISE EXCEPTION 'a request to review and its answer do not change'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'review_unchanged';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER pilots_review_guard BEFORE UPDATE ON pilots_reviewrequest
  FOR EACH ROW EXECUTE FUNCTION pilots_review_guard();
CREATE TRIGGER pilots_review_stays BEFORE DELETE ON pilots_reviewrequest
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

CREATE TRIGGER pilots_publication_append_only BEFORE UPDATE OR DELETE ON pilots_formalpublication
  FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
