-- How many of `file_ids` are the message's own attachments: the first ones. The others are inherited from the messages
-- above it. Null in rows of earlier versions; their own attachments are those that the parent does not have.
ALTER TABLE messages ADD COLUMN own_file_count smallint;

-- The attachments of a message as the API shows them: `[{ id, name, status }]`. A deleted file has no name any more. In
-- PL/pgSQL, because most messages have no files, and a function plans its query once per connection.
CREATE FUNCTION message_files(chat uuid, parent uuid, context uuid[], own_count integer) RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  own uuid[];
BEGIN
  IF own_count IS NOT NULL THEN
    own := context[:own_count];
  ELSE
    SELECT ARRAY(
      SELECT u.id FROM unnest(context) WITH ORDINALITY AS u (id, ordinal)
      WHERE u.id <> ALL (coalesce((SELECT p.file_ids FROM messages AS p WHERE p.id = parent), '{}'))
      ORDER BY u.ordinal) INTO own;
  END IF;
  IF own = '{}' THEN
    RETURN '[]';
  END IF;
  RETURN (
    SELECT json_agg(json_build_object(
      'id', u.id, 'name', f.original_name, 'status', coalesce(f.status, 'deleted')) ORDER BY u.ordinal)
    FROM chats AS c CROSS JOIN LATERAL unnest(own) WITH ORDINALITY AS u (id, ordinal)
    LEFT JOIN files AS f ON f.id = u.id AND f.user_id = c.user_id
    WHERE c.id = chat);
END
$$;
