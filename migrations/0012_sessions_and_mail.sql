-- Refresh with a reuse window, ends of sessions with their events, and mails with their tokens.

-- Counts changes of the password, not of its hash: a sign-in that was verified against an older one is refused.
ALTER TABLE users ADD COLUMN password_version integer NOT NULL DEFAULT 0;

-- When `refresh_counter` last moved; null until then.
ALTER TABLE sessions ADD COLUMN rotated_at timestamptz(3);
-- The security event that records why the session ended; null where none does.
ALTER TABLE sessions ADD COLUMN ended_event_id uuid;

-- An outbox of mails to send. A row is deleted once its mail was sent, or cannot be.
CREATE TABLE mail_orders (
  id         uuid PRIMARY KEY,
  kind       text NOT NULL CHECK (kind IN ('verify_email', 'reset_password', 'email_changing')),
  -- Null for a reset: whether there is an account is looked up when the mail is sent.
  user_id    uuid REFERENCES users (id) ON DELETE CASCADE,
  -- Of a reset the key of the address that was asked for, of a notice the recipient; else null.
  email      text,
  -- Who asked for a reset: address, user agent and country, for its security event.
  client     jsonb,
  created_at timestamptz(3) NOT NULL,
  -- When it was last put into the queue.
  queued_at  timestamptz(3) NOT NULL
);

CREATE INDEX mail_orders_user_idx ON mail_orders (user_id);
CREATE INDEX mail_orders_queued_idx ON mail_orders (queued_at);

-- The tokens of links in mails, as hashes. The id is that of the order.
CREATE TABLE email_tokens (
  id         uuid PRIMARY KEY,
  purpose    text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
  user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- SHA-256 of the token, in Base64url.
  token_hash text NOT NULL,
  -- Where the mail was sent, and the form in which addresses are compared.
  email      text NOT NULL,
  email_key  text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  -- The security event of its use; null until then.
  used_event_id uuid
);

CREATE UNIQUE INDEX email_tokens_hash_key ON email_tokens (token_hash);
CREATE INDEX email_tokens_user_idx ON email_tokens (user_id, purpose, created_at);
CREATE INDEX email_tokens_expires_idx ON email_tokens (expires_at);
