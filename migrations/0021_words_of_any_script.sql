-- Words of any script are found: the words of a message are made from one form of its text.

-- The same as in src/lib/fold-text.ts: compatible characters as the plain one, in lower case, without diacritics
-- and invisible characters.
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

-- Words of a text with nothing between them but blanks: Postgres' parser finds no host, path, number with a sign or
-- tag in it, and looks no further than a word, of which long ones are cut. Of scripts without blanks between words,
-- or whose words grow at both ends, each character and each pair of neighbours is a word, as in
-- src/lib/text-tokens.ts.
CREATE FUNCTION plain_words(content text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  paired constant text := '[\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0ecf\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3\u3005\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]';
  unpaired constant text := '[^\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0ecf\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3\u3005\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+';
  -- Some characters stand for a phrase: what grows by its form is read as far as twice the text is long.
  plain text := regexp_replace(left(fold_text(content), 2 * length(content)), '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u0e3f\u0e4f\u0e5a\u0e5b\u2000-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3006-\u3020\u3030\u30fb\ufe30-\ufe6b\uff00-\uff0f\U0001f000-\U0001fbff\U000e0000-\U000e0fff]+', ' ', 'g');
  runs text := '';
BEGIN
  IF plain ~ paired THEN
    runs := regexp_replace(plain, unpaired, ' ', 'g');
    plain := regexp_replace(plain, paired || '+', ' ', 'g');
    -- All characters, the pairs from each first character, and those from each second one.
    runs := concat_ws(' ',
      regexp_replace(runs, '(' || paired || ')', '\1 ', 'g'),
      regexp_replace(runs, '(' || paired || paired || ')', '\1 ', 'g'),
      regexp_replace(regexp_replace(runs, '(^| )' || paired, '\1', 'g'),
        '(' || paired || paired || ')', '\1 ', 'g'));
  END IF;
  RETURN regexp_replace(plain, '([^ ]{100})', '\1 ', 'g') || ' ' || runs;
END
$$;

-- As before, of the plain words.
CREATE OR REPLACE FUNCTION words_of_message(content text) RETURNS tsvector LANGUAGE plpgsql STABLE AS $$
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

UPDATE message_words AS w
SET words = array_to_tsvector(ARRAY['OWNER ' || w.user_id]) || words_of_message(m.content)
FROM messages AS m WHERE m.id = w.message_id;
