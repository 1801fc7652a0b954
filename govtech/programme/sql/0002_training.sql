-- What the database itself refuses of training, whatever the code above it does.

-- Never more seats taken than a session has. Whoever takes one waits for the session's row: two at once can't both pass.
CREATE FUNCTION programme_seats_hold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seats integer;
    taken integer;
BEGIN
    IF NEW.status <> 'registered' THEN
        RETURN NEW;
    END IF;
    SELECT capacity INTO seats FROM programme_trainingsession WHERE id = NEW.session_id FOR NO KEY UPDATE;
    SELECT count(*) INTO taken FROM programme_registration
    WHERE session_id = NEW.session_id AND status = 'registered' AND id IS DISTINCT FROM NEW.id;
    IF taken >= seats THEN
        RAISE EXCEPTION 'All % seats of session % are taken', seats, NEW.session_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_within_seats';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER programme_seats_hold BEFORE INSERT OR UPDATE OF status, session_id ON programme_registration
FOR EACH ROW EXECUTE FUNCTION programme_seats_hold();

CREATE FUNCTION programme_seats_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.capacity < (SELECT count(*) FROM programme_registration WHERE session_id = NEW.id AND status = 'registered') THEN
        RAISE EXCEPTION 'Session % has more people than seats', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_within_seats';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER programme_seats_stay BEFORE UPDATE OF capacity ON programme_trainingsession
FOR EACH ROW WHEN (NEW.capacity < OLD.capacity) EXECUTE FUNCTION programme_seats_stay();

-- A certificate is proof: it is issued once and at most revoked once, and says for ever what it said.
CREATE FUNCTION programme_certificate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
       OR to_jsonb(NEW) - '{revoked_at,revoked_by_id,revoked_reason}'::text[]
          IS DISTINCT FROM to_jsonb(OLD) - '{revoked_at,revoked_by_id,revoked_reason}'::text[] THEN
        RAISE EXCEPTION 'A certificate is never changed, only revoked'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER programme_certificate_stays BEFORE UPDATE OR DELETE ON programme_certificate
FOR EACH ROW EXECUTE FUNCTION programme_certificate_stays();
