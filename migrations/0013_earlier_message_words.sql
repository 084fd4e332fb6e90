-- Words of the messages that were there before 0010: by itself, so that nothing waits for it.

INSERT INTO message_words (message_id, user_id, chat_id, created_at, words)
SELECT messages.id, chats.user_id, messages.chat_id, messages.created_at,
  array_to_tsvector(ARRAY['OWNER ' || chats.user_id]) || to_tsvector('message_text', messages.content)
FROM messages JOIN chats ON chats.id = messages.chat_id
WHERE messages.status <> 'streaming' AND messages.content <> ''
ON CONFLICT (message_id) DO NOTHING;
