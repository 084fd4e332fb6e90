-- Chats, their messages as a tree, and the devices that watch them.

CREATE TABLE chats (
  id                 uuid PRIMARY KEY,
  user_id            uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title              text NOT NULL,
  auto_title         boolean NOT NULL DEFAULT true,
  pinned             boolean NOT NULL DEFAULT false,
  archived           boolean NOT NULL DEFAULT false,
  current_message_id uuid,
  message_count      integer NOT NULL DEFAULT 0,
  version            integer NOT NULL DEFAULT 1,
  created_at         timestamptz(3) NOT NULL,
  updated_at         timestamptz(3) NOT NULL
);

-- The order of the list: pinned first, then newest activity.
CREATE INDEX chats_list_idx ON chats (user_id, archived, pinned DESC, updated_at DESC, id DESC);

CREATE TABLE messages (
  id         uuid PRIMARY KEY,
  chat_id    uuid NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
  parent_id  uuid,
  type       text NOT NULL CHECK (type IN ('user', 'bot')),
  content    text NOT NULL,
  status     text NOT NULL CHECK (status IN ('complete', 'streaming', 'stopped', 'interrupted', 'failed')),
  file_name  text,
  file_url   text,
  metadata   jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz(3) NOT NULL,
  -- What the two foreign keys below point at: a parent, or a chat's place, is always of the same chat.
  CONSTRAINT messages_chat_key UNIQUE (chat_id, id),
  CONSTRAINT messages_parent_fkey FOREIGN KEY (chat_id, parent_id) REFERENCES messages (chat_id, id) ON DELETE CASCADE
);

-- One turn per chat, whatever else fails: the second insert is refused here.
CREATE UNIQUE INDEX messages_one_streaming_key ON messages (chat_id) WHERE status = 'streaming';

-- Siblings of a message, oldest first; also what the foreign key to the parent looks up on deletion.
CREATE INDEX messages_siblings_idx ON messages (chat_id, parent_id, created_at, id);

-- NO ACTION is checked after a cascade has run, so that deleting a chat deletes its messages.
ALTER TABLE chats ADD CONSTRAINT chats_current_message_fkey
  FOREIGN KEY (id, current_message_id) REFERENCES messages (chat_id, id) DEFERRABLE INITIALLY DEFERRED;

-- A live socket's ticket, stored hashed, and what is known of the socket that used it.
CREATE TABLE chat_sessions (
  id            uuid PRIMARY KEY,
  user_id       uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  chat_id       uuid NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
  session_token text NOT NULL,
  is_active     boolean NOT NULL DEFAULT true,
  last_activity timestamptz(3) NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  CONSTRAINT chat_sessions_token_key UNIQUE (session_token)
);

CREATE INDEX chat_sessions_chat_idx ON chat_sessions (chat_id);
CREATE INDEX chat_sessions_user_idx ON chat_sessions (user_id);
