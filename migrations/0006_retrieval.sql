-- Passages of documents and an inverted index of them. Ranking needs how rare a term is among the passages
-- of one owner, which no built-in index of Postgres tells without reading them all.

CREATE TABLE passages (
  file_id      uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  ordinal      integer NOT NULL,
  -- The owner of the file, so that every search can filter by it.
  user_id      uuid NOT NULL,
  -- Code points into the text of the file.
  start_offset integer NOT NULL,
  end_offset   integer NOT NULL,
  page         integer,
  -- Outermost first.
  headings     text[] NOT NULL DEFAULT '{}',
  text         text NOT NULL,
  PRIMARY KEY (file_id, ordinal)
);

-- One row per searchable file.
CREATE TABLE indexed_files (
  file_id  uuid PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
  user_id  uuid NOT NULL,
  -- A built-in text search configuration, such as `english`.
  language text NOT NULL,
  passages integer NOT NULL
);

CREATE INDEX indexed_files_owner_idx ON indexed_files (user_id);

-- The postings of a term in a slice of a file's passages. A term is a lexeme of the file's language; with
-- `@` before it, a word that names the file (its own name, title, parties); with `#`, a mark
-- (src/features/retrieval/passage-marks.ts).
CREATE TABLE passage_terms (
  user_id  uuid NOT NULL,
  term     text NOT NULL,
  file_id  uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  -- The first ordinal of the slice.
  part     integer NOT NULL,
  -- Ordinal times 256, plus the impact of the term there: BM25's saturated frequency in hundredths.
  postings integer[] NOT NULL,
  -- A search reads the rows of a term for many files: adjacent in the index, scattered in the table.
  PRIMARY KEY (user_id, term, file_id, part) INCLUDE (postings)
);

CREATE INDEX passage_terms_file_idx ON passage_terms (file_id);

-- Vectors where the server has pgvector and the role may install it; elsewhere search is lexical only.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN RETURN; END IF;
  CREATE EXTENSION IF NOT EXISTS vector;
  CREATE TABLE passage_vectors (
    file_id   uuid NOT NULL,
    ordinal   integer NOT NULL,
    user_id   uuid NOT NULL,
    -- Vectors of different models are not comparable.
    model     text NOT NULL,
    -- Shorter vectors are padded with zeros, which changes no angle.
    embedding vector(1536) NOT NULL,
    PRIMARY KEY (file_id, ordinal),
    FOREIGN KEY (file_id, ordinal) REFERENCES passages (file_id, ordinal) ON DELETE CASCADE
  );
  CREATE INDEX passage_vectors_owner_idx ON passage_vectors (user_id);
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'This role may not install pgvector: search will be lexical only.';
END
$$;
