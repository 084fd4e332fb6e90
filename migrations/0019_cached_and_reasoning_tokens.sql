-- How many tokens of a prompt came from the provider's cache, and how many of a completion were reasoning; null
-- where the provider does not say, as of all rows before.

ALTER TABLE ai_usage
  ADD COLUMN cached_tokens integer,
  ADD COLUMN reasoning_tokens integer;
