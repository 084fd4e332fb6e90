-- Analyses of documents, and the words of messages for search.

CREATE TABLE file_analyses (
  id            uuid PRIMARY KEY,
  file_id       uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  -- The reading of the file that it is about.
  run           integer NOT NULL,
  status        text NOT NULL CHECK (status IN ('running', 'complete', 'failed')),
  -- Why it failed, as the catalogue of problems has it.
  failure_code  text,
  model_name    text NOT NULL,
  -- Code points of the document that one question to the model is about.
  part_length   integer NOT NULL,
  parts_total   integer NOT NULL,
  parts_done    integer NOT NULL DEFAULT 0,
  -- Tries of the part at hand that failed.
  failures      integer NOT NULL DEFAULT 0,
  -- Who asks the model about the part at hand: the id that the row of its cost will have, and until
  -- when nobody else asks.
  asking_id     uuid,
  asking_until  timestamptz(3),
  -- What the parts gave, in their order.
  parts         jsonb NOT NULL DEFAULT '[]',
  result        jsonb,
  created_at    timestamptz(3) NOT NULL,
  -- The last sign of progress.
  updated_at    timestamptz(3) NOT NULL,
  completed_at  timestamptz(3)
);

-- One at a time for each file, whatever else fails.
CREATE UNIQUE INDEX file_analyses_running_key ON file_analyses (file_id) WHERE status = 'running';
CREATE INDEX file_analyses_file_idx ON file_analyses (file_id, created_at DESC);
-- What is running, for the cron: few rows.
CREATE INDEX file_analyses_unfinished_idx ON file_analyses (updated_at) WHERE status = 'running';

-- Stems of every word: in what people say to each other, the words that English searches leave out can
-- be all that there is. Words of other languages stay as they are, but for what looks like an English
-- ending, in the search as in the message.
CREATE TEXT SEARCH DICTIONARY every_stem (TEMPLATE = snowball, Language = english);
CREATE TEXT SEARCH CONFIGURATION message_text (COPY = english);
ALTER TEXT SEARCH CONFIGURATION message_text ALTER MAPPING REPLACE english_stem WITH every_stem;

-- Beside the messages, not in them: adding a column that is computed would write a large table anew
-- while nobody may use it, and reading a chat would carry words that it has no use for.
CREATE TABLE message_words (
  message_id uuid PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
  -- The owner of the chat, so that every search can hold it against the row itself.
  user_id    uuid NOT NULL,
  chat_id    uuid NOT NULL,
  created_at timestamptz(3) NOT NULL,
  -- Among them one that says whose they are: no text holds it, for words of texts have no capitals and
  -- no spaces. By it the index finds the messages of one owner among all that hold a common word.
  words      tsvector NOT NULL
);

CREATE INDEX message_words_idx ON message_words USING gin (words);
CREATE INDEX message_words_newest_idx ON message_words (user_id, created_at DESC, message_id DESC);

-- Older code that serves during a deploy writes words too, because the table does it.
CREATE FUNCTION note_message_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO message_words (message_id, user_id, chat_id, created_at, words)
  SELECT NEW.id, chats.user_id, NEW.chat_id, NEW.created_at,
    array_to_tsvector(ARRAY['OWNER ' || chats.user_id]) || to_tsvector('message_text', NEW.content)
  FROM chats WHERE chats.id = NEW.chat_id
  ON CONFLICT (message_id) DO UPDATE SET words = excluded.words;
  RETURN NULL;
END
$$;

-- An answer has its words once it has ended.
CREATE TRIGGER messages_words AFTER INSERT OR UPDATE OF content, status ON messages
  FOR EACH ROW WHEN (NEW.status <> 'streaming' AND NEW.content <> '')
  EXECUTE FUNCTION note_message_words();
