-- A ticket without a chat opens a socket of the AI SDK, which carries all of its user's chats. Such a socket is in no
-- room, so that none is notified when its session ends: it asks for itself.
ALTER TABLE chat_sessions ALTER COLUMN chat_id DROP NOT NULL;
ALTER TABLE chat_sessions ADD CONSTRAINT chat_sessions_room_check CHECK (chat_id IS NOT NULL OR NOT is_active);
