-- Chats, their messages as a tree, feedback, and the tickets of live sockets.

CREATE TABLE chats (
  id                 uuid PRIMARY KEY,
  -- Null once the chat is deleted. Every query filters by owner, so none finds a deleted chat while the
  -- cron purges its rows in batches: deleting 100,000 messages takes longer than one call may.
  user_id            uuid REFERENCES users (id) ON DELETE CASCADE,
  title              text NOT NULL,
  auto_title         boolean NOT NULL DEFAULT true,
  -- Why the model chose the title, so that a repeated request for a name can be answered.
  title_reasoning    text,
  pinned             boolean NOT NULL DEFAULT false,
  archived           boolean NOT NULL DEFAULT false,
  current_message_id uuid,
  message_count      integer NOT NULL DEFAULT 0,
  version            integer NOT NULL DEFAULT 1,
  created_at         timestamptz(3) NOT NULL,
  updated_at         timestamptz(3) NOT NULL,
  deleted_at         timestamptz(3),
  CONSTRAINT chats_owner_check CHECK ((user_id IS NULL) = (deleted_at IS NOT NULL))
);

-- The order of the list: pinned first, then newest activity.
CREATE INDEX chats_list_idx ON chats (user_id, archived, pinned DESC, updated_at DESC, id DESC);

-- Deleted chats to purge, oldest first: few rows.
CREATE INDEX chats_deleted_idx ON chats (deleted_at, id) WHERE deleted_at IS NOT NULL;

CREATE TABLE messages (
  id         uuid PRIMARY KEY,
  chat_id    uuid NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
  parent_id  uuid,
  type       text NOT NULL CHECK (type IN ('user', 'bot')),
  content    text NOT NULL,
  status     text NOT NULL CHECK (status IN ('complete', 'streaming', 'stopped', 'interrupted', 'failed')),
  file_name  text,
  file_url   text,
  -- The documents in the context of the message: its own attachments and those of the messages above it.
  -- Ids of files that were deleted later stay, and are ignored.
  file_ids   uuid[] NOT NULL DEFAULT '{}',
  metadata   jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz(3) NOT NULL,
  -- Target of the two foreign keys below: a parent, or the current message, is always of the same chat.
  CONSTRAINT messages_chat_key UNIQUE (chat_id, id),
  CONSTRAINT messages_parent_fkey FOREIGN KEY (chat_id, parent_id) REFERENCES messages (chat_id, id) ON DELETE CASCADE
);

-- One turn per chat, whatever else fails: the second insert is refused here.
CREATE UNIQUE INDEX messages_one_streaming_key ON messages (chat_id) WHERE status = 'streaming';

-- Siblings of a message, oldest first. The foreign key to the parent uses it on deletion, too.
CREATE INDEX messages_siblings_idx ON messages (chat_id, parent_id, created_at, id);

-- NO ACTION is checked after a cascade has run, so that deleting a chat deletes its messages.
ALTER TABLE chats ADD CONSTRAINT chats_current_message_fkey
  FOREIGN KEY (id, current_message_id) REFERENCES messages (chat_id, id) DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE message_feedback (
  message_id uuid PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
  rating     text NOT NULL CHECK (rating IN ('up', 'down')),
  comment    text,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);

-- Tickets of live sockets, stored hashed, and the activity of the sockets that used them.
CREATE TABLE chat_sessions (
  id            uuid PRIMARY KEY,
  user_id       uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  chat_id       uuid NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
  session_id    uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  session_token text NOT NULL,
  is_active     boolean NOT NULL DEFAULT true,
  used_at       timestamptz(3),
  last_activity timestamptz(3) NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  CONSTRAINT chat_sessions_token_key UNIQUE (session_token)
);

CREATE INDEX chat_sessions_chat_idx ON chat_sessions (chat_id);
CREATE INDEX chat_sessions_user_idx ON chat_sessions (user_id);
-- Used when a session ends, and by the foreign key.
CREATE INDEX chat_sessions_session_idx ON chat_sessions (session_id);
