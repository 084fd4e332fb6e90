-- Chats that end at a time, or a day after their last activity.
ALTER TABLE chats
  ADD COLUMN expires_at timestamptz(3),
  ADD COLUMN temporary  boolean NOT NULL DEFAULT false;

-- What the cron looks for each minute. A deleted chat has no owner.
CREATE INDEX chats_expires_idx ON chats (expires_at) WHERE expires_at IS NOT NULL AND user_id IS NOT NULL;
CREATE INDEX chats_temporary_idx ON chats (updated_at) WHERE temporary AND user_id IS NOT NULL;
-- For a period of retention that the operator sets.
CREATE INDEX chats_activity_idx ON chats (updated_at) WHERE user_id IS NOT NULL;
CREATE INDEX files_created_idx ON files (created_at);
