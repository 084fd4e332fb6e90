-- Passages of documents, and an inverted index over them: ranking needs how rare a word is among one
-- owner's passages, which no index of Postgres' own tells without reading them all.

CREATE TABLE passages (
  file_id      uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  place        integer NOT NULL,
  -- The owner of the file, so that every search can hold it against the passage itself.
  user_id      uuid NOT NULL,
  -- Code points into the text of the file.
  start_offset integer NOT NULL,
  end_offset   integer NOT NULL,
  page         integer NOT NULL,
  -- Outermost first.
  headings     text[] NOT NULL DEFAULT '{}',
  text         text NOT NULL,
  PRIMARY KEY (file_id, place)
);

-- What is searched: one row for each file that has passages.
CREATE TABLE indexed_files (
  file_id  uuid PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
  user_id  uuid NOT NULL,
  -- A built-in text search configuration, such as `english`.
  language text NOT NULL,
  passages integer NOT NULL
);

CREATE INDEX indexed_files_owner_idx ON indexed_files (user_id);

-- Where a term stands in a stretch of a file's passages. A term is a lexeme of the file's language;
-- with `@` before it, one of the words that name the file (its own name, title and parties); with `#`,
-- a legal concept that was recognised (src/features/retrieval/concepts.ts).
CREATE TABLE passage_terms (
  user_id  uuid NOT NULL,
  term     text NOT NULL,
  file_id  uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  -- The first place of the stretch.
  part     integer NOT NULL,
  -- A place, times 256, and how much the term says there: BM25's saturated frequency, in hundredths.
  postings integer[] NOT NULL,
  -- A search reads a term's rows of many files: side by side in the index, scattered in the table.
  PRIMARY KEY (user_id, term, file_id, part) INCLUDE (postings)
);

CREATE INDEX passage_terms_file_idx ON passage_terms (file_id);

-- Vectors, where the server has pgvector and lets us use it; elsewhere search is lexical alone.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN RETURN; END IF;
  CREATE EXTENSION IF NOT EXISTS vector;
  CREATE TABLE passage_vectors (
    file_id   uuid NOT NULL,
    place     integer NOT NULL,
    user_id   uuid NOT NULL,
    -- Vectors of different models cannot be compared.
    model     text NOT NULL,
    -- Shorter ones are filled up with zeros, which changes no angle.
    embedding vector(1536) NOT NULL,
    PRIMARY KEY (file_id, place),
    FOREIGN KEY (file_id, place) REFERENCES passages (file_id, place) ON DELETE CASCADE
  );
  CREATE INDEX passage_vectors_owner_idx ON passage_vectors (user_id);
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'pgvector may not be installed by this role: search will be lexical alone';
END
$$;
