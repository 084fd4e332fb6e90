-- The version of each file's index, and what the cron needs to replace an old one while it is searched.

ALTER TABLE indexed_files
  -- The version of the code that made the index (src/features/retrieval/indexing/index-version.ts): 0 before there were
  -- versions, -1 while the first index is being made.
  ADD COLUMN index_version  integer NOT NULL DEFAULT 0,
  -- The rows of an index are in one of two slots (src/features/retrieval/indexing/slots.ts): the search reads this one,
  -- and the next index is made in the other.
  ADD COLUMN slot           integer NOT NULL DEFAULT 0 CHECK (slot IN (0, 1)),
  -- The version of the rows in the other slot; null where it should be empty.
  ADD COLUMN build_version  integer,
  -- The passages that the build has stored.
  ADD COLUMN build_next     integer NOT NULL DEFAULT 0,
  -- When the cron may send the next job, and how many in a row have made no progress.
  ADD COLUMN build_due_at   timestamptz(3) NOT NULL DEFAULT '-infinity',
  ADD COLUMN build_failures integer NOT NULL DEFAULT 0,
  -- The model of which all passages have vectors; null where some have none, or where it is unknown.
  ADD COLUMN embedding_model text;

-- For the cron: the oldest indexes, unfinished builds, and vectors of other models.
CREATE INDEX indexed_files_version_idx ON indexed_files (index_version, file_id);
CREATE INDEX indexed_files_build_idx ON indexed_files (file_id) WHERE build_version IS NOT NULL;
CREATE INDEX indexed_files_embedding_idx ON indexed_files (embedding_model, file_id);
