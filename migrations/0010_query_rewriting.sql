-- Calls that rewrite a question into search queries, and calls that rerank what a search found, have usage rows too.

ALTER TABLE ai_usage
  DROP CONSTRAINT ai_usage_service_type_check,
  ADD CONSTRAINT ai_usage_service_type_check CHECK (
    service_type IN ('answer', 'title', 'name', 'embedding', 'analysis', 'ocr', 'rewrite', 'rerank')
  );
