-- Full-text search of messages.

-- Stems of every word, stop words included: in a conversation they can be all that there is. Words of other
-- languages are unchanged, except for English-looking endings, in query and message alike.
CREATE TEXT SEARCH DICTIONARY every_stem (TEMPLATE = snowball, Language = english);
CREATE TEXT SEARCH CONFIGURATION message_text (COPY = english);
ALTER TEXT SEARCH CONFIGURATION message_text ALTER MAPPING REPLACE english_stem WITH every_stem;

-- The normal form of a text, as in src/lib/fold-text.ts: NFKC, lower case, without diacritics and invisible
-- characters.
CREATE FUNCTION fold_text(content text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF octet_length(content) = length(content) THEN
    RETURN lower(content);
  END IF;
  RETURN replace(replace(replace(translate(
    lower(normalize(regexp_replace(normalize(content, NFKD), '[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u00ad\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff]', '', 'g'), NFKC)),
    'łøđħıς', 'lodhiσ'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe');
END
$$;

-- The words of a folded text with single spaces between them, so that Postgres' parser finds no host, path,
-- signed number or tag, and looks ahead no further than a word: its time is linear. Long words are cut. In
-- scripts without spaces between words, or whose words have prefixes and suffixes, each character and each
-- pair of neighbours is a word, as in src/lib/text-tokens.ts.
CREATE FUNCTION plain_words(content text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  paired constant text := '[\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0ecf\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3\u3005\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]';
  unpaired constant text := '[^\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0ecf\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3\u3005\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+';
  -- Some characters expand to a phrase in NFKC: at most twice the length of the text is read.
  plain text := regexp_replace(left(fold_text(content), 2 * length(content)), '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u0e3f\u0e4f\u0e5a\u0e5b\u2000-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3006-\u3020\u3030\u30fb\ufe30-\ufe6b\uff00-\uff0f\U0001f000-\U0001fbff\U000e0000-\U000e0fff]+', ' ', 'g');
  runs text := '';
BEGIN
  IF plain ~ paired THEN
    runs := regexp_replace(plain, unpaired, ' ', 'g');
    plain := regexp_replace(plain, paired || '+', ' ', 'g');
    -- All characters, then the pairs that begin at even and at odd positions.
    runs := concat_ws(' ',
      regexp_replace(runs, '(' || paired || ')', '\1 ', 'g'),
      regexp_replace(runs, '(' || paired || paired || ')', '\1 ', 'g'),
      regexp_replace(regexp_replace(runs, '(^| )' || paired, '\1', 'g'),
        '(' || paired || paired || ')', '\1 ', 'g'));
  END IF;
  RETURN regexp_replace(plain, '([^ ]{100})', '\1 ', 'g') || ' ' || runs;
END
$$;

-- The words of a message. A tsvector holds 1 MB and a word takes up to eight times its bytes, so only the
-- beginning of a very long text is indexed.
CREATE FUNCTION message_tsvector(content text) RETURNS tsvector LANGUAGE plpgsql STABLE AS $$
DECLARE
  most integer := 100000;
BEGIN
  LOOP
    BEGIN
      RETURN to_tsvector('message_text', plain_words(left(content, most)));
    EXCEPTION WHEN program_limit_exceeded THEN
      most := most / 4;
    END;
  END LOOP;
END
$$;

-- Beside the messages, not in them: reading a chat does not read the words of its messages.
CREATE TABLE message_words (
  message_id uuid PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
  -- The owner of the chat, so that every search can filter by it.
  user_id    uuid NOT NULL,
  chat_id    uuid NOT NULL,
  created_at timestamptz(3) NOT NULL,
  -- One lexeme names the owner: no text contains it, because words have no capitals and no spaces. With
  -- it, the index finds one owner's messages among all that contain a common word.
  words      tsvector NOT NULL
);

CREATE INDEX message_words_idx ON message_words USING gin (words);
CREATE INDEX message_words_newest_idx ON message_words (user_id, created_at DESC, message_id DESC);

CREATE FUNCTION index_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO message_words (message_id, user_id, chat_id, created_at, words)
  SELECT NEW.id, chats.user_id, NEW.chat_id, NEW.created_at,
    array_to_tsvector(ARRAY['OWNER ' || chats.user_id]) || message_tsvector(NEW.content)
  FROM chats WHERE chats.id = NEW.chat_id
  ON CONFLICT (message_id) DO UPDATE SET words = excluded.words;
  RETURN NULL;
END
$$;

-- An answer is indexed once it has ended.
CREATE TRIGGER messages_index AFTER INSERT OR UPDATE OF content, status ON messages
  FOR EACH ROW WHEN (NEW.status <> 'streaming' AND NEW.content <> '')
  EXECUTE FUNCTION index_message();
