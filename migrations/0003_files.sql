-- Uploaded documents: their bytes are in the bucket under `file_path`; their text, by page, is here.

CREATE TABLE files (
  id                uuid PRIMARY KEY,
  user_id           uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  original_name     text NOT NULL,
  -- The bucket lists keys in byte order.
  file_path         text COLLATE "C" NOT NULL,
  file_url          text NOT NULL,
  file_size         bigint NOT NULL,
  content_type      text NOT NULL,
  -- SHA-256 of the bytes in lower-case hex; null until they have arrived.
  sha256            text,
  status            text NOT NULL CHECK (status IN ('pending', 'processing', 'ready', 'failed')),
  -- Why ingestion failed: see src/features/files/failures.ts.
  failure_code      text,
  -- The character encoding that the client names (a label of the WHATWG Encoding Standard); null where it is
  -- told by the bytes. Where they do not tell, the labels that they may be of, the likeliest first.
  encoding            text,
  encoding_candidates text[],
  -- The mail that this file came attached to. It is deleted with it.
  parent_file_id    uuid REFERENCES files (id) ON DELETE CASCADE,
  processed         boolean NOT NULL DEFAULT false,
  extraction_text   text,
  page_count        integer,
  -- Pages that show pictures and no text, or no more than a stamp.
  scanned_pages     integer,
  -- Pages whose text is known, while scanned ones are transcribed, and those that could not be transcribed.
  pages_done        integer,
  pages_failed      integer,
  -- Characters of all pages that they show and that have no Unicode.
  unreadable        integer,
  -- Code points of all pages together.
  text_length       integer,
  -- The text search configuration of its language, such as `english`.
  language          text,
  -- Until then, a signed URL lets the client write the object.
  upload_expires_at timestamptz(3),
  -- Only the worker that holds this number may write; those of earlier attempts are refused.
  ingestion_attempt integer NOT NULL DEFAULT 0,
  -- How often this attempt was resumed after it had stalled.
  resume_count      integer NOT NULL DEFAULT 0,
  -- When the passages without a vector are to be embedded again, and the failures in a row.
  embed_due_at      timestamptz(3),
  embed_failures    integer NOT NULL DEFAULT 0,
  created_at        timestamptz(3) NOT NULL,
  -- The last sign of progress: the cron resumes an ingestion that has stalled.
  updated_at        timestamptz(3) NOT NULL DEFAULT now()
);

CREATE INDEX files_list_idx ON files (user_id, created_at DESC, id DESC);
CREATE INDEX files_parent_idx ON files (parent_file_id) WHERE parent_file_id IS NOT NULL;
-- Finds the row of an object in the bucket.
CREATE INDEX files_path_idx ON files (file_path);
-- Files in ingestion or waiting for their bytes: few rows, read every minute.
CREATE INDEX files_unfinished_idx ON files (updated_at) WHERE status IN ('pending', 'processing');
CREATE INDEX files_embed_due_idx ON files (embed_due_at) WHERE embed_due_at IS NOT NULL;

-- The text of a file is the concatenation of its parts. A long page has several parts.
CREATE TABLE file_pages (
  file_id      uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  part         integer NOT NULL,
  -- Null where the format does not say.
  page         integer,
  -- Code points into the text of the file.
  start_offset integer NOT NULL,
  end_offset   integer NOT NULL,
  text         text NOT NULL,
  -- Lines that the format itself marks as headings: [{ "start", "end", "level" }], offsets as above.
  headings     jsonb NOT NULL DEFAULT '[]',
  -- Stretches that are not running text: [{ "start", "end", "kind" }], offsets as above; kinds in src/lib/text-regions.ts.
  regions      jsonb NOT NULL DEFAULT '[]',
  -- Characters that the page shows and that have no Unicode.
  unreadable   integer NOT NULL DEFAULT 0,
  -- The page shows pictures and no text, or no more than a stamp.
  is_scanned   boolean NOT NULL DEFAULT false,
  -- `ocr`: a model has transcribed the page.
  source       text NOT NULL DEFAULT 'text' CHECK (source IN ('text', 'ocr')),
  -- Failed and lost attempts at transcribing the page.
  ocr_failures integer NOT NULL DEFAULT 0,
  -- The model call in progress: the id of its usage row, and until when no other worker makes one.
  ocr_call_id  uuid,
  ocr_call_expires_at timestamptz(3),
  PRIMARY KEY (file_id, part)
);

-- The chats in which a file is attached: they are notified when its ingestion ends.
CREATE TABLE chat_files (
  chat_id uuid NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
  file_id uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  PRIMARY KEY (chat_id, file_id)
);

CREATE INDEX chat_files_file_idx ON chat_files (file_id);

CREATE TABLE file_analyses (
  id                uuid PRIMARY KEY,
  file_id           uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  -- The ingestion whose text is analysed.
  ingestion_attempt integer NOT NULL,
  status            text NOT NULL CHECK (status IN ('running', 'complete', 'failed')),
  -- Why it failed: a code of the problem catalogue.
  failure_code      text,
  model_name        text NOT NULL,
  -- Code points of the document that one call of the model covers.
  part_length       integer NOT NULL,
  parts_total       integer NOT NULL,
  parts_done        integer NOT NULL DEFAULT 0,
  -- Failed attempts at the current part.
  failures          integer NOT NULL DEFAULT 0,
  -- The model call in progress for the current part: the id of its usage row, and until when no other
  -- worker makes one.
  call_id           uuid,
  call_expires_at   timestamptz(3),
  -- The results of the parts, in order.
  parts             jsonb NOT NULL DEFAULT '[]',
  result            jsonb,
  created_at        timestamptz(3) NOT NULL,
  -- The last sign of progress.
  updated_at        timestamptz(3) NOT NULL,
  completed_at      timestamptz(3)
);

-- One running analysis per file, whatever else fails.
CREATE UNIQUE INDEX file_analyses_running_key ON file_analyses (file_id) WHERE status = 'running';
CREATE INDEX file_analyses_file_idx ON file_analyses (file_id, created_at DESC);
-- Running analyses, for the cron: few rows.
CREATE INDEX file_analyses_unfinished_idx ON file_analyses (updated_at) WHERE status = 'running';

-- An answer's metadata as the API shows it: citations of a deleted file have the status `source_deleted`.
-- In PL/pgSQL, because the planner would try in vain to inline an SQL function at every call.
CREATE FUNCTION shown_metadata(metadata jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF jsonb_typeof(metadata -> 'citations') IS DISTINCT FROM 'array' THEN
    RETURN metadata;
  END IF;
  RETURN jsonb_set(metadata, '{citations}', (
    SELECT coalesce(jsonb_agg(
      CASE WHEN f.id IS NULL THEN jsonb_set(c.citation, '{status}', '"source_deleted"') ELSE c.citation END
      ORDER BY c.ordinal), '[]')
    FROM jsonb_array_elements(metadata -> 'citations') WITH ORDINALITY AS c (citation, ordinal)
    LEFT JOIN files AS f ON f.id = (c.citation ->> 'file_id')::uuid
  ));
END
$$;

-- The documents in the context of a user message. Once all of them are ingested: their whole texts where
-- these fit together into `most_characters`, else the first `opening` characters of each. In PL/pgSQL,
-- because most turns have no documents, and a function plans each query once per connection.
CREATE FUNCTION context_documents(owner uuid, chat uuid, user_message uuid, most_characters integer, opening integer)
RETURNS TABLE (id uuid, name text, status text, text_length integer, is_own boolean, parts json)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  IF NOT EXISTS (
    SELECT FROM messages AS m WHERE m.chat_id = chat AND m.id = user_message AND m.file_ids <> '{}'
  ) THEN
    RETURN;
  END IF;
  RETURN QUERY
    WITH context AS (
      SELECT f.id, f.original_name AS name, f.status, f.text_length, u.ordinal,
        row_number() OVER (PARTITION BY u.ordinal ORDER BY f.parent_file_id IS NOT NULL, f.created_at, f.id) AS place,
        f.id = u.id AND f.id <> ALL (coalesce(p.file_ids, '{}')) AS is_own
      FROM messages AS m JOIN chats ON chats.id = m.chat_id
      LEFT JOIN messages AS p ON p.chat_id = m.chat_id AND p.id = m.parent_id
      CROSS JOIN LATERAL unnest(m.file_ids) WITH ORDINALITY AS u (id, ordinal)
      -- What came attached to a mail goes with it, unless it is named itself, or cannot be read.
      JOIN files AS f ON f.user_id = chats.user_id AND (f.id = u.id
        OR f.parent_file_id = u.id AND f.id <> ALL (m.file_ids) AND f.status IN ('processing', 'ready'))
      WHERE m.chat_id = chat AND m.id = user_message AND chats.user_id = owner
    ), total AS (
      SELECT bool_or(context.status IN ('pending', 'processing')) AS is_unread,
        coalesce(sum(context.text_length) FILTER (WHERE context.status = 'ready'), 0) <= most_characters AS is_short
      FROM context
    )
    SELECT context.id, context.name, context.status, context.text_length, context.is_own,
      CASE WHEN context.status = 'ready' AND NOT total.is_unread THEN (
        SELECT json_agg(json_build_object('page', t.page, 'start', t.start_offset, 'regions', t.regions,
          'headings', t.headings, 'source', t.source,
          'text', CASE WHEN total.is_short THEN t.text ELSE left(t.text, opening) END) ORDER BY t.part)
        FROM file_pages AS t
        WHERE t.file_id = context.id AND t.end_offset > t.start_offset
          AND (total.is_short OR t.start_offset = 0)
      ) END AS parts
    FROM context CROSS JOIN total ORDER BY context.ordinal, context.place;
END
$$;
