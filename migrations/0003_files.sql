-- Uploaded documents: the bytes are in the bucket under file_path, this is what is known of them.

CREATE TABLE files (
  id              uuid PRIMARY KEY,
  user_id         uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  original_name   text NOT NULL,
  file_path       text NOT NULL,
  file_url        text NOT NULL,
  file_size       bigint NOT NULL,
  content_type    text NOT NULL,
  status          text NOT NULL CHECK (status IN ('pending', 'processing', 'ready', 'failed')),
  processed       boolean NOT NULL DEFAULT false,
  extraction_text text,
  created_at      timestamptz(3) NOT NULL
);

CREATE INDEX files_list_idx ON files (user_id, created_at DESC, id DESC);
