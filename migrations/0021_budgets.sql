-- Budgets: limits by day and month (UTC), what was used, and what running turns have reserved.

-- The key that a call was made with; null for a session.
ALTER TABLE ai_usage ADD COLUMN key_id uuid;

-- A limit of an account, or of one of its keys. Null: no limit of that unit. A row replaces the configured default.
CREATE TABLE budgets (
  -- The account's id, or the key's.
  subject_id uuid NOT NULL,
  user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  period     text NOT NULL CHECK (period IN ('day', 'month')),
  tokens     bigint CHECK (tokens >= 0),
  -- US dollars.
  cost       numeric(20, 12) CHECK (cost >= 0),
  PRIMARY KEY (subject_id, period)
);

CREATE INDEX budgets_user_idx ON budgets (user_id);

-- Sums of ai_usage, so that a month is 31 rows to read whatever was used.
CREATE TABLE usage_days (
  subject_id     uuid NOT NULL,
  user_id        uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  day            date NOT NULL,
  calls          integer NOT NULL,
  tokens         bigint NOT NULL,
  cost           numeric(20, 12) NOT NULL,
  -- Calls whose cost is unknown.
  unpriced_calls integer NOT NULL,
  PRIMARY KEY (subject_id, day)
);

CREATE INDEX usage_days_user_idx ON usage_days (user_id);

-- The same for reading: by day, kind, model and chat. The id of a deleted chat stays, and names nothing.
CREATE TABLE usage_sums (
  user_id            uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  day                date NOT NULL,
  kind               text NOT NULL,
  model              text NOT NULL,
  -- All zeros for calls without a chat.
  chat_id            uuid NOT NULL,
  calls              integer NOT NULL,
  prompt_tokens      bigint NOT NULL,
  completion_tokens  bigint NOT NULL,
  cached_tokens      bigint NOT NULL,
  reasoning_tokens   bigint NOT NULL,
  cost               numeric(20, 12) NOT NULL,
  unpriced_calls     integer NOT NULL,
  estimated_calls    integer NOT NULL,
  PRIMARY KEY (user_id, day, kind, model, chat_id)
);

-- Adds one call to the sums. In PL/pgSQL, because a function plans each statement once per connection.
CREATE FUNCTION add_usage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  on_day CONSTANT date := (NEW.created_at AT TIME ZONE 'UTC')::date;
  unpriced CONSTANT integer := (NEW.cost_estimate IS NULL)::integer;
BEGIN
  INSERT INTO usage_days AS d (subject_id, user_id, day, calls, tokens, cost, unpriced_calls)
  SELECT s.id, NEW.user_id, on_day, 1, NEW.total_tokens, coalesce(NEW.cost_estimate, 0), unpriced
  FROM (SELECT NEW.user_id AS id UNION ALL SELECT NEW.key_id WHERE NEW.key_id IS NOT NULL) AS s
  ON CONFLICT (subject_id, day) DO UPDATE SET
    calls = d.calls + 1,
    tokens = d.tokens + EXCLUDED.tokens,
    cost = d.cost + EXCLUDED.cost,
    unpriced_calls = d.unpriced_calls + EXCLUDED.unpriced_calls;
  INSERT INTO usage_sums AS s (user_id, day, kind, model, chat_id, calls, prompt_tokens, completion_tokens,
    cached_tokens, reasoning_tokens, cost, unpriced_calls, estimated_calls)
  VALUES (NEW.user_id, on_day, NEW.service_type, NEW.model_name,
    coalesce(NEW.chat_id, '00000000-0000-0000-0000-000000000000'), 1, NEW.prompt_tokens, NEW.completion_tokens,
    coalesce(NEW.cached_tokens, 0), coalesce(NEW.reasoning_tokens, 0), coalesce(NEW.cost_estimate, 0), unpriced,
    NEW.estimated::integer)
  ON CONFLICT (user_id, day, kind, model, chat_id) DO UPDATE SET
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

INSERT INTO usage_days (subject_id, user_id, day, calls, tokens, cost, unpriced_calls)
SELECT user_id, user_id, (created_at AT TIME ZONE 'UTC')::date, count(*), sum(total_tokens),
  coalesce(sum(cost_estimate), 0), count(*) FILTER (WHERE cost_estimate IS NULL)
FROM ai_usage GROUP BY 1, 2, 3;

INSERT INTO usage_sums (user_id, day, kind, model, chat_id, calls, prompt_tokens, completion_tokens, cached_tokens,
  reasoning_tokens, cost, unpriced_calls, estimated_calls)
SELECT user_id, (created_at AT TIME ZONE 'UTC')::date, service_type, model_name,
  coalesce(chat_id, '00000000-0000-0000-0000-000000000000'), count(*), sum(prompt_tokens), sum(completion_tokens),
  coalesce(sum(cached_tokens), 0), coalesce(sum(reasoning_tokens), 0), coalesce(sum(cost_estimate), 0),
  count(*) FILTER (WHERE cost_estimate IS NULL), count(*) FILTER (WHERE estimated)
FROM ai_usage GROUP BY 1, 2, 3, 4, 5;

CREATE TRIGGER ai_usage_sums AFTER INSERT ON ai_usage FOR EACH ROW EXECUTE FUNCTION add_usage();

-- The most that a running turn may use, until its usage is known.
CREATE TABLE budget_reservations (
  message_id uuid PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
  user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  key_id     uuid,
  tokens     bigint NOT NULL,
  -- Null where the price is unknown.
  cost       numeric(20, 12),
  created_at timestamptz(3) NOT NULL
);

CREATE INDEX budget_reservations_user_idx ON budget_reservations (user_id);

-- Whatever ends an answer releases its reservation, in the transaction that inserts its usage.
CREATE FUNCTION release_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM budget_reservations WHERE message_id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER messages_release_reservation AFTER UPDATE OF status ON messages
  FOR EACH ROW WHEN (OLD.status = 'streaming' AND NEW.status <> 'streaming')
  EXECUTE FUNCTION release_reservation();

-- The answer of a deleted chat ends nowhere.
CREATE FUNCTION release_reservations_of_chat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM budget_reservations AS r USING messages AS m
  WHERE m.chat_id = NEW.id AND m.status = 'streaming' AND r.message_id = m.id;
  RETURN NULL;
END $$;

CREATE TRIGGER chats_release_reservations AFTER UPDATE OF deleted_at ON chats
  FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
  EXECUTE FUNCTION release_reservations_of_chat();

-- The limits of an account, and of the key that a call is made with, and how far they are used. `defaults`: the
-- configured limits by period, such as {"day": {"tokens": 100000, "cost": "1.50"}}.
CREATE FUNCTION budget_states(owner uuid, of_key uuid, at timestamptz, defaults jsonb)
RETURNS TABLE (
  subject text, period text, renews_at timestamptz, tokens_limit bigint, cost_limit numeric,
  tokens_used bigint, cost_used numeric, unpriced_calls bigint, tokens_reserved bigint, cost_reserved numeric
)
LANGUAGE sql STABLE AS $$
  SELECT s.subject, p.period, (p.starts + p.length) AT TIME ZONE 'UTC', l.tokens, l.cost,
    u.tokens, u.cost, u.unpriced_calls, r.tokens, r.cost
  FROM (SELECT owner AS id, 'user' AS subject UNION ALL SELECT of_key, 'key' WHERE of_key IS NOT NULL) AS s
  CROSS JOIN (
    SELECT name AS period, date_trunc(name, at AT TIME ZONE 'UTC') AS starts, ('1 ' || name)::interval AS length
    FROM unnest(ARRAY['day', 'month']) AS name
  ) AS p
  LEFT JOIN budgets AS b ON b.subject_id = s.id AND b.user_id = owner AND b.period = p.period
  CROSS JOIN LATERAL (
    SELECT
      CASE WHEN b.subject_id IS NOT NULL THEN b.tokens
        WHEN s.subject = 'user' THEN (defaults -> p.period ->> 'tokens')::bigint END AS tokens,
      CASE WHEN b.subject_id IS NOT NULL THEN b.cost
        WHEN s.subject = 'user' THEN (defaults -> p.period ->> 'cost')::numeric END AS cost
  ) AS l
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(d.tokens), 0)::bigint AS tokens, coalesce(sum(d.cost), 0) AS cost,
      coalesce(sum(d.unpriced_calls), 0) AS unpriced_calls
    FROM usage_days AS d WHERE d.subject_id = s.id AND d.day >= p.starts::date
  ) AS u
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(o.tokens), 0)::bigint AS tokens, coalesce(sum(o.cost), 0) AS cost
    FROM budget_reservations AS o WHERE o.user_id = owner AND (s.subject = 'user' OR o.key_id = of_key)
  ) AS r
  WHERE l.tokens IS NOT NULL OR l.cost IS NOT NULL
$$;

-- Reserves what a turn may use, or raises a check violation whose constraint names the limit: the one that renews
-- last. The caller holds the account's budget lock, taken by an earlier statement. `cost`: null where unknown.
CREATE FUNCTION reserve_budget(
  owner uuid, of_key uuid, answer uuid, at timestamptz, defaults jsonb, needed_tokens bigint, needed_cost numeric
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  exceeded text;
  is_limited boolean;
BEGIN
  IF EXISTS (SELECT FROM budget_reservations WHERE message_id = answer) THEN RETURN; END IF;
  SELECT count(*) > 0, (array_agg(concat_ws('_', 'budget', l.subject, l.period, l.unit) ORDER BY l.renews_at DESC)
    FILTER (WHERE l.is_exceeded))[1]
  INTO is_limited, exceeded
  FROM (
    SELECT s.subject, s.period, s.renews_at, 'tokens' AS unit,
      s.tokens_used + s.tokens_reserved + needed_tokens > s.tokens_limit AS is_exceeded
    FROM budget_states(owner, of_key, at, defaults) AS s
    UNION ALL
    SELECT s.subject, s.period, s.renews_at, 'cost', s.cost_used + s.cost_reserved + needed_cost > s.cost_limit
    FROM budget_states(owner, of_key, at, defaults) AS s
    UNION ALL
    SELECT 'unpriced', NULL, s.renews_at, NULL, true
    FROM budget_states(owner, of_key, at, defaults) AS s WHERE s.cost_limit IS NOT NULL AND needed_cost IS NULL
  ) AS l;
  IF exceeded IS NOT NULL THEN
    RAISE EXCEPTION 'the budget is exhausted' USING ERRCODE = 'check_violation', CONSTRAINT = exceeded;
  END IF;
  IF NOT is_limited THEN RETURN; END IF;
  INSERT INTO budget_reservations (message_id, user_id, key_id, tokens, cost, created_at)
  VALUES (answer, owner, of_key, needed_tokens, needed_cost, at)
  ON CONFLICT (message_id) DO NOTHING;
END $$;
