-- A deleted chat is a tombstone until cron has purged its rows in portions. Deleting 100,000 messages in one
-- statement takes longer than a call may, and a call that is cancelled is rolled back: it would never succeed.

-- A tombstone has no owner. Every query holds the owner against the row of the chat, so none finds it.
ALTER TABLE chats ALTER COLUMN user_id DROP NOT NULL;
ALTER TABLE chats ADD COLUMN deleted_at timestamptz(3);
ALTER TABLE chats ADD CONSTRAINT chats_owner_check CHECK ((user_id IS NULL) = (deleted_at IS NOT NULL));

-- What is to be purged, the oldest first: few rows.
CREATE INDEX chats_deleted_idx ON chats (deleted_at, id) WHERE deleted_at IS NOT NULL;

-- The room of a tombstone is erased at once, and once more when no late writer is left.
CREATE FUNCTION leave_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletions AS d (kind, target, due_at, last_at, created_at)
  VALUES ('room', NEW.id, now(), now() + interval '15 minutes', now())
  ON CONFLICT (kind, target) DO UPDATE
  SET due_at = excluded.due_at, last_at = excluded.last_at, tries = 0;
  RETURN NULL;
END $$;

CREATE TRIGGER chats_leave_room AFTER UPDATE OF deleted_at ON chats
  FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION leave_room();

-- When a tombstone itself goes, its room has been left already; again only where nothing is known of it: what served
-- before this migration takes a tombstone for a chat that is there, and its room for one that is not to be erased.
CREATE OR REPLACE FUNCTION leave_rooms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletions AS d (kind, target, due_at, last_at, created_at)
  SELECT 'room', id, now(), now() + interval '15 minutes', now() FROM gone WHERE user_id IS NULL
  ON CONFLICT (kind, target) DO NOTHING;
  INSERT INTO deletions AS d (kind, target, due_at, last_at, created_at)
  SELECT 'room', id, now(), now() + interval '15 minutes', now() FROM gone WHERE user_id IS NOT NULL
  ON CONFLICT (kind, target) DO UPDATE
  SET due_at = excluded.due_at, last_at = excluded.last_at, tries = 0;
  RETURN NULL;
END $$;
