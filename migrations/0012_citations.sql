-- Citations outlive the documents that they quote: what is shown of them says so.

-- An answer's metadata as it is shown: the quote stays, its source may be gone.
CREATE FUNCTION shown_metadata(metadata jsonb) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN jsonb_typeof(metadata -> 'citations') = 'array' THEN
    jsonb_set(metadata, '{citations}', (
      SELECT coalesce(jsonb_agg(
        CASE WHEN f.id IS NULL THEN jsonb_set(c.citation, '{status}', '"source_deleted"') ELSE c.citation END
        ORDER BY c.place), '[]')
      FROM jsonb_array_elements(metadata -> 'citations') WITH ORDINALITY AS c (citation, place)
      LEFT JOIN files AS f ON f.id = (c.citation ->> 'file_id')::uuid
    ))
  ELSE metadata END
$$;
