-- The words of a message are bounded: a text of any kind can be saved, in bounded time.

-- A word of a text takes up to eight times its bytes in a tsvector, which takes 1 MB, and the parser looks
-- ahead as far as a run without spaces, or a comment of HTML that is not closed, goes, anew at each of its
-- characters: so only the beginning of a text is read, runs are cut, and no comment is opened.
CREATE FUNCTION words_of_message(content text) RETURNS tsvector LANGUAGE plpgsql STABLE AS $$
DECLARE
  most integer := 100000;
BEGIN
  LOOP
    BEGIN
      RETURN to_tsvector('message_text',
        regexp_replace(replace(left(content, most), '<!', '< '), '([!-~]{100})', '\1 ', 'g'));
    EXCEPTION WHEN program_limit_exceeded THEN
      most := most / 4;
    END;
  END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION note_message_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO message_words (message_id, user_id, chat_id, created_at, words)
  SELECT NEW.id, chats.user_id, NEW.chat_id, NEW.created_at,
    array_to_tsvector(ARRAY['OWNER ' || chats.user_id]) || words_of_message(NEW.content)
  FROM chats WHERE chats.id = NEW.chat_id
  ON CONFLICT (message_id) DO UPDATE SET words = excluded.words;
  RETURN NULL;
END
$$;
