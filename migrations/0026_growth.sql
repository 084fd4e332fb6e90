-- What keeps lists as fast with 100,000 rows as with 100.

-- The parts of a text of one to three code points, as hashes, and none shorter than `shortest`. Two parts may share a
-- hash: whoever searches compares the texts, too. The texts of one owner have a seed of their own.
CREATE FUNCTION text_grams(seed bigint, content text, shortest integer) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT hashtextextended(gram, seed)), '{}') FROM (
    SELECT unnest(ARRAY[c, c || lead(c) OVER w, c || lead(c) OVER w || lead(c, 2) OVER w]) AS gram
    FROM unnest(string_to_array(content, NULL)) WITH ORDINALITY AS t (c, i)
    WINDOW w AS (ORDER BY i)
  ) AS parts
  WHERE length(gram) >= shortest
$$;

CREATE FUNCTION owner_seed(owner uuid) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT hashtextextended(owner::text, 0)
$$;

-- By which a part of a title is found. Beside the chats, not in them: each turn writes a chat, and hardly one its title.
CREATE TABLE chat_titles (
  chat_id uuid PRIMARY KEY REFERENCES chats (id) ON DELETE CASCADE,
  grams   bigint[] NOT NULL
);

CREATE FUNCTION index_title() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chat_titles (chat_id, grams)
  VALUES (NEW.id, text_grams(owner_seed(NEW.user_id), fold_text(NEW.title), 1))
  ON CONFLICT (chat_id) DO UPDATE SET grams = excluded.grams;
  RETURN NULL;
END $$;

-- First the triggers: creating one locks out every other write, so that no title is missed.
CREATE TRIGGER chats_title_insert AFTER INSERT ON chats
  FOR EACH ROW WHEN (NEW.user_id IS NOT NULL) EXECUTE FUNCTION index_title();
CREATE TRIGGER chats_title_update AFTER UPDATE OF title ON chats
  FOR EACH ROW WHEN (NEW.user_id IS NOT NULL AND NEW.title <> OLD.title) EXECUTE FUNCTION index_title();

INSERT INTO chat_titles (chat_id, grams)
SELECT id, text_grams(owner_seed(user_id), fold_text(title), 1) FROM chats WHERE user_id IS NOT NULL;

-- A search reads what is pending, which is little.
CREATE INDEX chat_titles_grams_idx ON chat_titles USING gin (grams) WITH (gin_pending_list_limit = 1024);

-- The same for a part of a name or an address.
CREATE INDEX users_search_idx ON users USING gin (text_grams(0, lower(name || E'\n' || email), 1))
  WITH (gin_pending_list_limit = 1024);

-- An account may have very many ended sessions and keys.
CREATE INDEX sessions_live_idx ON sessions (user_id, id DESC) WHERE ended_at IS NULL;
CREATE INDEX api_keys_live_idx ON api_keys (user_id, created_at DESC, id DESC) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_used_idx ON api_keys (user_id, last_used_at);

-- The sums of `usage_sums` without the chats: a few rows a day, however many chats there are.
CREATE TABLE usage_totals (
  user_id            uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  day                date NOT NULL,
  kind               text NOT NULL,
  model              text NOT NULL,
  calls              integer NOT NULL,
  prompt_tokens      bigint NOT NULL,
  completion_tokens  bigint NOT NULL,
  cached_tokens      bigint NOT NULL,
  reasoning_tokens   bigint NOT NULL,
  cost               numeric(20, 12) NOT NULL,
  unpriced_calls     integer NOT NULL,
  estimated_calls    integer NOT NULL,
  PRIMARY KEY (user_id, day, kind, model)
);

CREATE INDEX usage_totals_day_idx ON usage_totals (day);

CREATE FUNCTION add_usage_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_totals AS s (user_id, day, kind, model, calls, prompt_tokens, completion_tokens, cached_tokens,
    reasoning_tokens, cost, unpriced_calls, estimated_calls)
  VALUES (NEW.user_id, (NEW.created_at AT TIME ZONE 'UTC')::date, NEW.service_type, NEW.model_name, 1, NEW.prompt_tokens,
    NEW.completion_tokens, coalesce(NEW.cached_tokens, 0), coalesce(NEW.reasoning_tokens, 0),
    coalesce(NEW.cost_estimate, 0), (NEW.cost_estimate IS NULL)::integer, NEW.estimated::integer)
  ON CONFLICT (user_id, day, kind, model) DO UPDATE SET
    calls = s.calls + 1,
    prompt_tokens = s.prompt_tokens + EXCLUDED.prompt_tokens,
    completion_tokens = s.completion_tokens + EXCLUDED.completion_tokens,
    cached_tokens = s.cached_tokens + EXCLUDED.cached_tokens,
    reasoning_tokens = s.reasoning_tokens + EXCLUDED.reasoning_tokens,
    cost = s.cost + EXCLUDED.cost,
    unpriced_calls = s.unpriced_calls + EXCLUDED.unpriced_calls,
    estimated_calls = s.estimated_calls + EXCLUDED.estimated_calls;
  RETURN NULL;
END $$;

-- First the trigger: creating it locks out every other insert, so that the sums below miss none.
CREATE TRIGGER ai_usage_totals AFTER INSERT ON ai_usage FOR EACH ROW EXECUTE FUNCTION add_usage_total();

INSERT INTO usage_totals (user_id, day, kind, model, calls, prompt_tokens, completion_tokens, cached_tokens,
  reasoning_tokens, cost, unpriced_calls, estimated_calls)
SELECT user_id, day, kind, model, sum(calls), sum(prompt_tokens), sum(completion_tokens), sum(cached_tokens),
  sum(reasoning_tokens), sum(cost), sum(unpriced_calls), sum(estimated_calls)
FROM usage_sums GROUP BY user_id, day, kind, model;
