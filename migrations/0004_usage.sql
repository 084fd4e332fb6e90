-- What every call to a provider cost: one row per attempt, written once.

CREATE TABLE ai_usage (
  id                uuid PRIMARY KEY,
  user_id           uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- Money outlives what it was spent on.
  chat_id           uuid REFERENCES chats (id) ON DELETE SET NULL,
  message_id        uuid REFERENCES messages (id) ON DELETE SET NULL,
  service_type      text NOT NULL CHECK (service_type IN ('answer', 'title', 'name')),
  attempt           integer NOT NULL DEFAULT 1,
  provider          text NOT NULL,
  model_name        text NOT NULL,
  prompt_tokens     integer NOT NULL,
  completion_tokens integer NOT NULL,
  total_tokens      integer NOT NULL,
  cost_estimate     numeric(20, 12) NOT NULL,
  -- True where the provider gave no count (a stopped or broken stream) and ours stands in.
  estimated         boolean NOT NULL,
  created_at        timestamptz(3) NOT NULL,
  CONSTRAINT ai_usage_attempt_key UNIQUE (message_id, service_type, attempt)
);

CREATE INDEX ai_usage_user_idx ON ai_usage (user_id, created_at);
CREATE INDEX ai_usage_chat_idx ON ai_usage (chat_id);
