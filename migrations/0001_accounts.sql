-- Users, the sessions in which they are signed in, and the outbox of ended sessions.

CREATE TABLE users (
  id              uuid PRIMARY KEY,
  name            text NOT NULL,
  email           text NOT NULL,
  -- The normal form in which addresses are compared: see src/features/auth/email.ts.
  email_key       text NOT NULL,
  pending_email   text,
  hashed_password text NOT NULL,
  is_active       boolean NOT NULL DEFAULT true,
  email_verified  boolean NOT NULL DEFAULT false,
  created_at      timestamptz(3) NOT NULL,
  updated_at      timestamptz(3) NOT NULL
);

-- One account per address. Sign-in looks it up here.
CREATE UNIQUE INDEX users_email_key ON users (email_key);

-- One row per sign-in. `refresh_counter` counts rotations of its refresh token: only the newest token
-- (and the one before it, whose response may have been lost) is accepted.
CREATE TABLE sessions (
  id              uuid PRIMARY KEY,
  user_id         uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  refresh_counter integer NOT NULL DEFAULT 0,
  user_agent      text,
  created_at      timestamptz(3) NOT NULL,
  last_seen_at    timestamptz(3) NOT NULL,
  expires_at      timestamptz(3) NOT NULL,
  ended_at        timestamptz(3)
);

CREATE INDEX sessions_user_idx ON sessions (user_id, last_seen_at DESC);

-- An outbox of ended sessions, until the rooms have closed their streams and sockets. The row exists as
-- soon as the end is committed, whichever statement committed it.
CREATE TABLE session_ends (
  session_id uuid PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
  -- When the cron last notified the rooms; null until then.
  tried_at   timestamptz(3),
  -- Until then, requests of the session may still open a stream.
  last_at    timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL
);

-- An access token outlives its session by 15 minutes, and a request may be in flight.
CREATE FUNCTION enqueue_session_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO session_ends (session_id, last_at, created_at)
  VALUES (NEW.id, now() + interval '16 minutes', now())
  ON CONFLICT (session_id) DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER sessions_enqueue_end AFTER UPDATE OF ended_at ON sessions
  FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
  EXECUTE FUNCTION enqueue_session_end();
