-- What `GET /metrics` counts, without reading a whole table.

CREATE INDEX sessions_seen_idx ON sessions (last_seen_at) WHERE ended_at IS NULL;

CREATE INDEX usage_sums_day_idx ON usage_sums (day);
