-- Identities at an OpenID Connect provider, and the codes by which API clients sign in through it.

-- An identity is the pair of issuer and subject (OpenID Connect Core, section 5.7); addresses change owners.
CREATE TABLE identities (
  issuer       text NOT NULL,
  subject      text NOT NULL,
  user_id      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at   timestamptz(3) NOT NULL,
  PRIMARY KEY (issuer, subject),
  -- An address that the provider has given to somebody else does not open the account of the previous owner.
  CONSTRAINT identities_user_key UNIQUE (user_id, issuer)
);

CREATE TABLE sign_in_codes (
  code_hash      text PRIMARY KEY,
  user_id        uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- SHA-256 of the client's verifier in Base64url (RFC 7636, S256); null where it gave none.
  code_challenge text,
  -- The exchange that used it.
  use_id         uuid,
  expires_at     timestamptz(3) NOT NULL
);

CREATE INDEX sign_in_codes_user_idx ON sign_in_codes (user_id);
CREATE INDEX sign_in_codes_expired_idx ON sign_in_codes (expires_at);
