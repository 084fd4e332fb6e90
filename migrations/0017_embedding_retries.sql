-- A provider that refuses for a moment does not leave a file without its vectors for good.

-- When the passages without a vector are to be embedded again, and how often that failed in a row.
ALTER TABLE files ADD COLUMN embed_due_at timestamptz(3);
ALTER TABLE files ADD COLUMN embed_failures integer NOT NULL DEFAULT 0;

CREATE INDEX files_embed_due_idx ON files (embed_due_at) WHERE embed_due_at IS NOT NULL;
