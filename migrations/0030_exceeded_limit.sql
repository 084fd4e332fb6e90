-- The same as before, but which of several exceeded limits is named is certain where they renew at the same time, as
-- those of a day and a month do on the month's last day: the one of the longer period.
CREATE OR REPLACE FUNCTION reserve_budget(
  owner uuid, of_key uuid, answer uuid, at timestamptz, defaults jsonb, needed_tokens bigint, needed_cost numeric
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  exceeded text;
  is_limited boolean;
BEGIN
  IF EXISTS (SELECT FROM budget_reservations WHERE message_id = answer) THEN RETURN; END IF;
  SELECT count(*) > 0, (array_agg(concat_ws('_', 'budget', l.subject, l.period, l.unit)
    ORDER BY l.renews_at DESC, l.period = 'month' DESC, l.subject DESC, l.unit DESC) FILTER (WHERE l.is_exceeded))[1]
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
