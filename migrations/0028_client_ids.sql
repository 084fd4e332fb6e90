-- The ids that a client made of its chats and user messages, beside our own: some clients make them before the first
-- request, and name their chats and messages by them from then on.

ALTER TABLE chats ADD COLUMN client_id text;

-- Of user messages; an edited one passes it on to the message beside it.
ALTER TABLE messages ADD COLUMN client_id text;

CREATE UNIQUE INDEX chats_client_key ON chats (user_id, client_id) WHERE client_id IS NOT NULL;

CREATE UNIQUE INDEX messages_client_key ON messages (chat_id, client_id) WHERE client_id IS NOT NULL;
