-- Security events: an append-only log with a hash chain per account.

-- An account that signs in through an identity provider alone has no password.
ALTER TABLE users ALTER COLUMN hashed_password DROP NOT NULL;
ALTER TABLE users ADD COLUMN role text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin'));

-- The country of the sign-in, ISO 3166-1 alpha-2, as the platform tells it; null where it does not.
ALTER TABLE sessions ADD COLUMN country text;
-- How the session was signed in.
ALTER TABLE sessions ADD COLUMN method text NOT NULL DEFAULT 'password' CHECK (method IN ('password', 'oidc'));

-- Events outlive the account, so they hold ids and hashes only: no foreign key, no name, no address.
CREATE TABLE security_events (
  id            uuid PRIMARY KEY,
  user_id       uuid NOT NULL,
  -- The position in the chain of the account, from 1.
  position      integer NOT NULL,
  kind          text NOT NULL,
  session_id    uuid,
  key_id        uuid,
  -- The administrator who acted on the account; null where the account's owner did.
  actor_id      uuid,
  -- SHA-256 of the salted details in hex: it proves the details while they exist, and reveals nothing after.
  details_hash  text NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  -- SHA-256 in hex over the hash of the event before it and all columns above: see security_event_hash.
  hash          text NOT NULL,
  CONSTRAINT security_events_position_key UNIQUE (user_id, position)
);

-- Personal data of an event, deleted with the account.
CREATE TABLE security_event_details (
  event_id uuid PRIMARY KEY REFERENCES security_events (id),
  user_id  uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- Random, so that the hash of a short address cannot be guessed once the row is gone.
  salt     text NOT NULL,
  -- A JSON object, as it was hashed.
  details  text NOT NULL
);

CREATE INDEX security_event_details_user_idx ON security_event_details (user_id);

-- The end of each chain: its row is the lock under which the next event is appended.
CREATE TABLE security_event_chains (
  user_id  uuid PRIMARY KEY,
  position integer NOT NULL,
  hash     text NOT NULL
);

-- The hash of an event: its columns, one a line, after the hash of the event before it ('' for the first).
CREATE FUNCTION security_event_hash(previous text, e security_events) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(concat_ws(E'\n',
    previous, e.id, e.user_id, e.position, e.kind, coalesce(e.session_id::text, ''), coalesce(e.key_id::text, ''),
    coalesce(e.actor_id::text, ''), e.details_hash,
    to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), 'UTF8')), 'hex')
$$;

-- Appends to the chain of the account. A repeated insert of the same id is skipped, and moves nothing.
CREATE FUNCTION chain_security_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  chain security_event_chains;
BEGIN
  INSERT INTO security_event_chains AS c (user_id, position, hash) VALUES (NEW.user_id, 0, '')
  ON CONFLICT (user_id) DO UPDATE SET position = c.position RETURNING * INTO chain;
  IF EXISTS (SELECT FROM security_events WHERE id = NEW.id) THEN RETURN NULL; END IF;
  NEW.position := chain.position + 1;
  NEW.hash := security_event_hash(chain.hash, NEW);
  UPDATE security_event_chains SET position = NEW.position, hash = NEW.hash WHERE user_id = NEW.user_id;
  RETURN NEW;
END $$;

CREATE TRIGGER security_events_chain BEFORE INSERT ON security_events
  FOR EACH ROW EXECUTE FUNCTION chain_security_event();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;

CREATE TRIGGER security_events_append_only BEFORE UPDATE OR DELETE ON security_events
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER security_events_keep BEFORE TRUNCATE ON security_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
