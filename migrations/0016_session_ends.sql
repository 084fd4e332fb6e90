-- Sessions that have ended, until the rooms where they may be watching have closed their streams and sockets.

-- An outbox: the row is there as soon as the end is committed, whichever path it took.
CREATE TABLE session_ends (
  session_id uuid PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
  -- When a minute last notified its rooms; null until then.
  tried_at   timestamptz(3),
  -- Until then what the session began may open a stream.
  last_at    timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL
);

-- An access token outlives its session by a quarter of an hour, and a request may just be under way.
CREATE FUNCTION leave_session_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO session_ends (session_id, last_at, created_at)
  VALUES (NEW.id, now() + interval '16 minutes', now())
  ON CONFLICT (session_id) DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER sessions_leave_ends AFTER UPDATE OF ended_at ON sessions
  FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
  EXECUTE FUNCTION leave_session_end();
