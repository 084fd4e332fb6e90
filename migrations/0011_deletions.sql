-- What a deletion leaves to be done outside Postgres, and how far the search for orphans has come.

-- An outbox: the row is there as soon as the deletion is committed, whichever path it took, and goes
-- once nothing can come back.
CREATE TABLE deletions (
  kind       text NOT NULL CHECK (kind IN ('object', 'room')),
  -- The key of an object in the bucket; of a room, the id of its chat.
  target     text NOT NULL,
  -- When it is to be erased, for the first time or again.
  due_at     timestamptz(3) NOT NULL,
  -- Until then a late writer may bring it back: it is erased once more.
  last_at    timestamptz(3) NOT NULL,
  -- Failures in a row.
  tries      integer NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (kind, target)
);

CREATE INDEX deletions_due_idx ON deletions (kind, due_at);

-- A quarter of an hour is longer than anything under way at the deletion takes: an upload through the
-- Worker, one by a signed URL that began just before it ran out, a turn.
CREATE FUNCTION leave_objects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletions AS d (kind, target, due_at, last_at, created_at)
  SELECT 'object', file_path, now(), max(greatest(now(), upload_expires_at)) + interval '15 minutes', now()
  FROM gone GROUP BY file_path
  ON CONFLICT (kind, target) DO UPDATE
  SET due_at = excluded.due_at, last_at = greatest(d.last_at, excluded.last_at), tries = 0;
  RETURN NULL;
END $$;

CREATE TRIGGER files_leave_objects AFTER DELETE ON files
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION leave_objects();

CREATE FUNCTION leave_rooms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletions AS d (kind, target, due_at, last_at, created_at)
  SELECT 'room', id, now(), now() + interval '15 minutes', now() FROM gone
  ON CONFLICT (kind, target) DO UPDATE
  SET due_at = excluded.due_at, last_at = excluded.last_at, tries = 0;
  RETURN NULL;
END $$;

CREATE TRIGGER chats_leave_rooms AFTER DELETE ON chats
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION leave_rooms();

-- The bucket lists by the bytes of its keys. Also what tells whether an object has a row.
ALTER TABLE files ALTER COLUMN file_path TYPE text COLLATE "C";
CREATE INDEX files_path_idx ON files (file_path);

-- Where the search for orphans goes on, by the name of the bucket.
CREATE TABLE sweeps (
  bucket     text PRIMARY KEY,
  -- The key that it goes on after; empty at the start of a round.
  place      text NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
