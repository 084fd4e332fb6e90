-- What most turns ask for in vain costs them no planning: a function plans a query when it comes to it, and once
-- in a connection.

-- The documents that a question may be answered from: its own, and those of the messages above it. Once none of
-- them is being read: their whole texts, where all together are no longer than that, else their openings.
CREATE FUNCTION documents_in_reach(owner uuid, chat uuid, question uuid, most_characters integer, opening integer)
RETURNS TABLE (id uuid, name text, status text, text_length integer, is_own boolean, parts json)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  IF NOT EXISTS (
    SELECT FROM messages AS m WHERE m.chat_id = chat AND m.id = question AND m.file_ids <> '{}'
  ) THEN
    RETURN;
  END IF;
  RETURN QUERY
    WITH reach AS (
      SELECT f.id, f.original_name AS name, f.status, f.text_length, u.place,
        f.id <> ALL (coalesce(p.file_ids, '{}')) AS is_own
      FROM messages AS m JOIN chats ON chats.id = m.chat_id
      LEFT JOIN messages AS p ON p.chat_id = m.chat_id AND p.id = m.parent_id
      CROSS JOIN LATERAL unnest(m.file_ids) WITH ORDINALITY AS u (id, place)
      JOIN files AS f ON f.id = u.id AND f.user_id = chats.user_id
      WHERE m.chat_id = chat AND m.id = question AND chats.user_id = owner
    ), total AS (
      SELECT bool_or(reach.status IN ('pending', 'processing')) AS is_unread,
        coalesce(sum(reach.text_length) FILTER (WHERE reach.status = 'ready'), 0) <= most_characters AS is_short
      FROM reach
    )
    SELECT reach.id, reach.name, reach.status, reach.text_length, reach.is_own,
      CASE WHEN reach.status = 'ready' AND NOT total.is_unread THEN (
        SELECT json_agg(json_build_object('page', t.page, 'start', t.start_offset,
          'text', CASE WHEN total.is_short THEN t.text ELSE left(t.text, opening) END) ORDER BY t.part)
        FROM file_pages AS t
        WHERE t.file_id = reach.id AND t.end_offset > t.start_offset
          AND (total.is_short OR t.start_offset = 0)
      ) END AS parts
    FROM reach CROSS JOIN total ORDER BY reach.place;
END
$$;

-- As before, but in a language that nobody tries to write into the query around it, and never can.
CREATE OR REPLACE FUNCTION shown_metadata(metadata jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF jsonb_typeof(metadata -> 'citations') IS DISTINCT FROM 'array' THEN
    RETURN metadata;
  END IF;
  RETURN jsonb_set(metadata, '{citations}', (
    SELECT coalesce(jsonb_agg(
      CASE WHEN f.id IS NULL THEN jsonb_set(c.citation, '{status}', '"source_deleted"') ELSE c.citation END
      ORDER BY c.place), '[]')
    FROM jsonb_array_elements(metadata -> 'citations') WITH ORDINALITY AS c (citation, place)
    LEFT JOIN files AS f ON f.id = (c.citation ->> 'file_id')::uuid
  ));
END
$$;
