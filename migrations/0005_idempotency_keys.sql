-- What a client's `Idempotency-Key` was used for, for a day: what was asked, as a hash, and the ids of
-- what was made. Never a body: a repeated request is answered from the rows themselves.

CREATE TABLE idempotency_keys (
  user_id     uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- Method and template: a key belongs to one kind of request.
  route       text NOT NULL,
  key         text NOT NULL,
  -- Of the request that used it; what tells its own repetition from another request.
  id          uuid NOT NULL,
  fingerprint text NOT NULL,
  -- No foreign keys: a key outlives what it made, so that a repetition does not make it again.
  chat_id     uuid NOT NULL,
  message_id  uuid,
  answer_id   uuid,
  created_at  timestamptz(3) NOT NULL,
  PRIMARY KEY (user_id, route, key)
);

CREATE INDEX idempotency_keys_created_idx ON idempotency_keys (created_at);

-- Why a model called the chat what it is called, so that a repeated naming can be answered.
ALTER TABLE chats ADD COLUMN title_reasoning text;
