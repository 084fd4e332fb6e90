-- The second factor of an account: an authenticator app (TOTP, RFC 6238) and one-time recovery codes.

CREATE TABLE second_factors (
  user_id      uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  -- Base32, encrypted: see src/features/auth/sealed-box.ts.
  secret       text NOT NULL,
  -- Null until a code has shown that the app has the secret; until then nothing asks for it.
  confirmed_at timestamptz(3),
  -- The time step of the last accepted code: no code of it or of an earlier one is accepted again.
  last_step    integer,
  -- The check that this code was accepted by, so that repeating its statement changes nothing.
  last_use_id  uuid,
  -- Checks since the last accepted code, and until when there is no further one.
  checks       integer NOT NULL DEFAULT 0,
  checked_at   timestamptz(3),
  retry_at     timestamptz(3),
  created_at   timestamptz(3) NOT NULL
);

-- They have 80 random bits each, so that a plain hash reveals none.
CREATE TABLE recovery_codes (
  user_id   uuid NOT NULL REFERENCES second_factors (user_id) ON DELETE CASCADE,
  code_hash text NOT NULL,
  used_at   timestamptz(3),
  -- The check that used it.
  use_id    uuid,
  PRIMARY KEY (user_id, code_hash)
);
