-- The cost of every call to a provider: one row per attempt, written once.

CREATE TABLE ai_usage (
  id                uuid PRIMARY KEY,
  user_id           uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- Costs are kept when their chat or message is deleted.
  chat_id           uuid REFERENCES chats (id) ON DELETE SET NULL,
  message_id        uuid REFERENCES messages (id) ON DELETE SET NULL,
  service_type      text NOT NULL CHECK (service_type IN ('answer', 'title', 'name', 'embedding', 'analysis', 'ocr')),
  attempt           integer NOT NULL DEFAULT 1,
  provider          text NOT NULL,
  model_name        text NOT NULL,
  prompt_tokens     integer NOT NULL,
  completion_tokens integer NOT NULL,
  total_tokens      integer NOT NULL,
  -- Cached tokens of the prompt; reasoning tokens of the completion. Null where
  -- the provider does not report them.
  cached_tokens     integer,
  reasoning_tokens  integer,
  cost_estimate     numeric(20, 12) NOT NULL,
  -- True where the provider reported no count (a stopped or broken stream) and an estimate is used.
  estimated         boolean NOT NULL,
  created_at        timestamptz(3) NOT NULL,
  CONSTRAINT ai_usage_attempt_key UNIQUE (message_id, service_type, attempt)
);

CREATE INDEX ai_usage_user_idx ON ai_usage (user_id, created_at);
CREATE INDEX ai_usage_chat_idx ON ai_usage (chat_id);
