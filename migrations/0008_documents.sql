-- Documents: how far the reading of a file has come, its text by page, and the chats it is asked about in.

ALTER TABLE files
  -- Of the bytes, in lower-case hex; null until they have arrived.
  ADD COLUMN sha256            text,
  -- Why it could not be read; see src/features/files/failures.ts.
  ADD COLUMN failure_code      text,
  ADD COLUMN page_count        integer,
  -- Code points of all pages together.
  ADD COLUMN text_length       integer,
  -- The text search configuration of its language, such as `english`.
  ADD COLUMN language          text,
  -- Until then a signed URL lets the client write the object.
  ADD COLUMN upload_expires_at timestamptz(3),
  -- Which reading of the file counts: what an earlier one still writes is refused.
  ADD COLUMN run               integer NOT NULL DEFAULT 0,
  -- How often this reading was taken up again after it had shown no progress.
  ADD COLUMN retakes           integer NOT NULL DEFAULT 0,
  -- The last sign of progress: a reading that shows none for long is taken up again.
  ADD COLUMN updated_at        timestamptz(3) NOT NULL DEFAULT now();

-- What is being read, or waits for its bytes: few rows, asked for each minute.
CREATE INDEX files_unfinished_idx ON files (updated_at) WHERE status IN ('pending', 'processing');

-- The text of a file is its parts joined by nothing, in their order. A long page is several parts.
CREATE TABLE file_pages (
  file_id      uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  part         integer NOT NULL,
  page         integer NOT NULL,
  -- Code points into the text of the file.
  start_offset integer NOT NULL,
  end_offset   integer NOT NULL,
  text         text NOT NULL,
  -- Lines that the format itself marks as headings: [{ "start", "end", "level" }], offsets as above.
  headings     jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (file_id, part)
);

-- The chats that a file was asked about in: they are told when its reading ends.
CREATE TABLE chat_files (
  chat_id uuid NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
  file_id uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  PRIMARY KEY (chat_id, file_id)
);

CREATE INDEX chat_files_file_idx ON chat_files (file_id);

-- The documents in reach of a message: its own, and those of the messages above it. Ids of files that
-- were deleted since stay, and mean nothing.
ALTER TABLE messages ADD COLUMN file_ids uuid[] NOT NULL DEFAULT '{}';

-- A key may stand for a file.
ALTER TABLE idempotency_keys
  ALTER COLUMN chat_id DROP NOT NULL,
  ADD COLUMN file_id uuid;

-- Reading documents costs too.
ALTER TABLE ai_usage
  DROP CONSTRAINT ai_usage_service_type_check,
  ADD CONSTRAINT ai_usage_service_type_check
    CHECK (service_type IN ('answer', 'title', 'name', 'embedding', 'analysis'));
