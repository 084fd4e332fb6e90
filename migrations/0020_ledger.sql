-- The ledger of provider calls: what was counted, the rates that were used, and a cost that may be unknown.

-- Null where no price is known: an unknown cost is not free.
ALTER TABLE ai_usage ALTER COLUMN cost_estimate DROP NOT NULL;

ALTER TABLE ai_usage
  -- Parts of the prompt and of the completion with rates of their own. Null where the provider does not report them.
  ADD COLUMN cache_write_tokens integer,
  ADD COLUMN audio_prompt_tokens integer,
  ADD COLUMN audio_completion_tokens integer,
  -- In pico-dollars per token: see src/lib/prices.ts. Null where no price is known, and in rows of earlier versions.
  ADD COLUMN rates jsonb;

-- A row is written once. Its chat and message are set to null when they are deleted.
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ai_usage is append-only' USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;

CREATE TRIGGER ai_usage_append_only
  BEFORE UPDATE OF id, user_id, service_type, attempt, provider, model_name, prompt_tokens, completion_tokens,
    total_tokens, cached_tokens, reasoning_tokens, cost_estimate, estimated, created_at, cache_write_tokens,
    audio_prompt_tokens, audio_completion_tokens, rates ON ai_usage
  FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
