-- Which sign-in a live socket belongs to, and whether its ticket was taken.

-- Nothing has written a row before: there is no older socket that would lack a sign-in.
ALTER TABLE chat_sessions
  ADD COLUMN session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  ADD COLUMN used_at timestamptz(3);

-- What the end of a sign-in looks up; also what the foreign key does.
CREATE INDEX chat_sessions_session_idx ON chat_sessions (session_id);
