-- The outbox of things to erase outside Postgres, and the position of the search for orphans.

-- A row exists as soon as the deletion is committed, whichever statement committed it, and is removed once
-- nothing can restore its target.
CREATE TABLE deletions (
  kind       text NOT NULL CHECK (kind IN ('object', 'room')),
  -- The key of an object in the bucket; for a room, the id of its chat.
  target     text NOT NULL,
  -- When it is to be erased, for the first time or again.
  due_at     timestamptz(3) NOT NULL,
  -- Until then a late writer may restore it: it is erased once more.
  last_at    timestamptz(3) NOT NULL,
  -- Failures in a row.
  tries      integer NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (kind, target)
);

CREATE INDEX deletions_due_idx ON deletions (kind, due_at);

-- 15 minutes exceed everything that may be in progress at the deletion: an upload through the Worker, one
-- by a signed URL that began just before it expired, a turn.
CREATE FUNCTION enqueue_object_deletions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletions AS d (kind, target, due_at, last_at, created_at)
  SELECT 'object', file_path, now(), max(greatest(now(), upload_expires_at)) + interval '15 minutes', now()
  FROM gone GROUP BY file_path
  ON CONFLICT (kind, target) DO UPDATE
  SET due_at = excluded.due_at, last_at = greatest(d.last_at, excluded.last_at), tries = 0;
  RETURN NULL;
END $$;

CREATE TRIGGER files_enqueue_deletions AFTER DELETE ON files
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION enqueue_object_deletions();

-- The room of a deleted chat is erased at once, and once more when no late writer is left.
CREATE FUNCTION enqueue_room_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletions AS d (kind, target, due_at, last_at, created_at)
  VALUES ('room', NEW.id, now(), now() + interval '15 minutes', now())
  ON CONFLICT (kind, target) DO UPDATE
  SET due_at = excluded.due_at, last_at = excluded.last_at, tries = 0;
  RETURN NULL;
END $$;

CREATE TRIGGER chats_enqueue_deletion AFTER UPDATE OF deleted_at ON chats
  FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
  EXECUTE FUNCTION enqueue_room_deletion();

-- Rows that are removed without having been marked as deleted first, as with their account.
CREATE FUNCTION enqueue_room_deletions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletions AS d (kind, target, due_at, last_at, created_at)
  SELECT 'room', id, now(), now() + interval '15 minutes', now() FROM gone WHERE user_id IS NOT NULL
  ON CONFLICT (kind, target) DO UPDATE
  SET due_at = excluded.due_at, last_at = excluded.last_at, tries = 0;
  RETURN NULL;
END $$;

CREATE TRIGGER chats_enqueue_deletions AFTER DELETE ON chats
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION enqueue_room_deletions();

-- Where the search for orphans continues, by the name of the bucket.
CREATE TABLE sweeps (
  bucket     text PRIMARY KEY,
  -- The key after which it continues; empty at the start of a round.
  after_key  text NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
