-- Keys by which programs call the API in a user's name.
CREATE TABLE api_keys (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name         text NOT NULL,
  -- The first characters of the key, by which its owner recognises it.
  prefix       text NOT NULL,
  -- SHA-256 of the key in Base64url: the key holds 32 random bytes, so that nothing slower is needed.
  key_hash     text NOT NULL,
  scopes       text[] NOT NULL CHECK (scopes <@ ARRAY['chat', 'files', 'usage', 'read']),
  created_at   timestamptz(3) NOT NULL,
  expires_at   timestamptz(3),
  -- Written at most once a minute.
  last_used_at timestamptz(3),
  revoked_at   timestamptz(3),
  -- When the cron last notified the rooms that the key has ended; null until then.
  tried_at     timestamptz(3)
);

-- A request is authenticated by it.
CREATE UNIQUE INDEX api_keys_hash_key ON api_keys (key_hash);
CREATE INDEX api_keys_user_idx ON api_keys (user_id, created_at DESC);
-- When a key ended, or will end.
CREATE INDEX api_keys_end_idx ON api_keys (LEAST(revoked_at, expires_at));
