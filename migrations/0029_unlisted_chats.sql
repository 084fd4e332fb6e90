-- Chats that hold what a program sends for its answers: in no list and in no search, but exported, erased and
-- deleted after their time like any other.
ALTER TABLE chats ADD COLUMN unlisted boolean NOT NULL DEFAULT false;

-- What the list of chats reads: a program may have many more chats than its user. The index of all chats stays for
-- what looks for every chat of a user.
CREATE INDEX chats_listed_idx ON chats (user_id, archived, pinned DESC, updated_at DESC, id DESC) WHERE NOT unlisted;

-- The same as before, without the messages of unlisted chats: no search finds them, and a program sends its whole
-- history with every call.
CREATE OR REPLACE FUNCTION index_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO message_words (message_id, user_id, chat_id, created_at, words)
  SELECT NEW.id, chats.user_id, NEW.chat_id, NEW.created_at,
    array_to_tsvector(ARRAY['OWNER ' || chats.user_id]) || message_tsvector(NEW.content)
  FROM chats WHERE chats.id = NEW.chat_id AND NOT chats.unlisted
  ON CONFLICT (message_id) DO UPDATE SET words = excluded.words;
  RETURN NULL;
END
$$;
