-- What administrators list: accounts by their age. And whose budget an analysis counts for.

CREATE INDEX users_list_idx ON users (created_at DESC, id DESC);

-- The key that an analysis was started with; null for a session.
ALTER TABLE file_analyses ADD COLUMN key_id uuid;
