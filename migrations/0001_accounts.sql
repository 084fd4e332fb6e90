-- Who may sign in, and the sessions in which they are signed in.

CREATE TABLE users (
  id              uuid PRIMARY KEY,
  name            text NOT NULL,
  email           text NOT NULL,
  pending_email   text,
  hashed_password text NOT NULL,
  is_active       boolean NOT NULL DEFAULT true,
  email_verified  boolean NOT NULL DEFAULT false,
  created_at      timestamptz(3) NOT NULL,
  updated_at      timestamptz(3) NOT NULL
);

-- One account per address, regardless of case; also what sign-in looks up.
CREATE UNIQUE INDEX users_email_key ON users (lower(email));

-- One row per sign-in. `generation` counts rotations of its refresh token: only the newest token
-- (and the one just before it, whose answer may have been lost) is honoured.
CREATE TABLE sessions (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  generation   integer NOT NULL DEFAULT 0,
  user_agent   text,
  created_at   timestamptz(3) NOT NULL,
  last_seen_at timestamptz(3) NOT NULL,
  expires_at   timestamptz(3) NOT NULL,
  ended_at     timestamptz(3)
);

CREATE INDEX sessions_user_idx ON sessions (user_id, last_seen_at DESC);
