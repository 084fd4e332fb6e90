-- What a client's `Idempotency-Key` was used for, kept for a day: a fingerprint of the request and the ids
-- of what it created. Never a body: a repeated request is answered from the rows themselves.

CREATE TABLE idempotency_keys (
  user_id     uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- Method and path template: a key belongs to one operation.
  route       text NOT NULL,
  key         text NOT NULL,
  -- Identifies the request that used it: distinguishes a repeated statement from another request.
  id          uuid NOT NULL,
  fingerprint text NOT NULL,
  -- No foreign keys: a key outlives what was created, so that a repeated request does not create it again.
  chat_id     uuid,
  message_id  uuid,
  answer_id   uuid,
  file_id     uuid,
  -- True while a request works under the key; `failure` is the code that its work ended with.
  pending     boolean NOT NULL DEFAULT false,
  failure     text,
  created_at  timestamptz(3) NOT NULL,
  PRIMARY KEY (user_id, route, key)
);

CREATE INDEX idempotency_keys_created_idx ON idempotency_keys (created_at);
