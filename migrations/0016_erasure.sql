-- Accounts are erased in portions: their chats and files lose the owner at once, and the rest follows.

-- One row per erased account. It is the receipt, and holds no personal data.
CREATE TABLE erasures (
  id            uuid PRIMARY KEY,
  user_id       uuid NOT NULL,
  requested_at  timestamptz(3) NOT NULL,
  -- When nothing was left: in Postgres, in the rooms and in the bucket.
  completed_at  timestamptz(3),
  -- Erased so far.
  chats         integer NOT NULL DEFAULT 0,
  messages      integer NOT NULL DEFAULT 0,
  files         integer NOT NULL DEFAULT 0,
  usage_records integer NOT NULL DEFAULT 0,
  sessions      integer NOT NULL DEFAULT 0,
  event_details integer NOT NULL DEFAULT 0,
  CONSTRAINT erasures_user_key UNIQUE (user_id)
);

-- Erasures in progress: few rows, read every minute.
CREATE INDEX erasures_open_idx ON erasures (requested_at) WHERE completed_at IS NULL;

-- The erasure that took the owner from a chat or file. No foreign key: an erasure is never deleted, and
-- checking one for every row would double the time in which an account becomes unreachable.
ALTER TABLE chats ADD COLUMN erasure_id uuid;
CREATE INDEX chats_erasure_idx ON chats (erasure_id) WHERE erasure_id IS NOT NULL;

-- Null once the account is erased. Every query filters by owner, so none finds such a file.
ALTER TABLE files ALTER COLUMN user_id DROP NOT NULL;
ALTER TABLE files ADD COLUMN erasure_id uuid;
ALTER TABLE files ADD CONSTRAINT files_owner_check CHECK ((user_id IS NULL) = (erasure_id IS NOT NULL));
CREATE INDEX files_erasure_idx ON files (erasure_id, id) WHERE erasure_id IS NOT NULL;

-- What an erasure leaves in the bucket and in the rooms.
ALTER TABLE deletions ADD COLUMN erasure_id uuid;
CREATE INDEX deletions_erasure_idx ON deletions (erasure_id) WHERE erasure_id IS NOT NULL;

-- An account may have more of these rows than one statement can delete. Their inserts lock the user's row
-- instead (FOR KEY SHARE), as a foreign key does, so that none is added to a deleted account.
ALTER TABLE ai_usage DROP CONSTRAINT ai_usage_user_id_fkey;
ALTER TABLE security_event_details DROP CONSTRAINT security_event_details_user_id_fkey;

CREATE OR REPLACE FUNCTION enqueue_object_deletions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletions AS d (kind, target, due_at, last_at, created_at, erasure_id)
  SELECT 'object', file_path, now(), max(greatest(now(), upload_expires_at)) + interval '15 minutes', now(),
    (array_agg(erasure_id) FILTER (WHERE erasure_id IS NOT NULL))[1]
  FROM gone GROUP BY file_path
  ON CONFLICT (kind, target) DO UPDATE
  SET due_at = excluded.due_at, last_at = greatest(d.last_at, excluded.last_at), tries = 0,
    erasure_id = coalesce(excluded.erasure_id, d.erasure_id);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION enqueue_room_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletions AS d (kind, target, due_at, last_at, created_at, erasure_id)
  VALUES ('room', NEW.id, now(), now() + interval '15 minutes', now(), NEW.erasure_id)
  ON CONFLICT (kind, target) DO UPDATE
  SET due_at = excluded.due_at, last_at = excluded.last_at, tries = 0,
    erasure_id = coalesce(excluded.erasure_id, d.erasure_id);
  RETURN NULL;
END $$;
