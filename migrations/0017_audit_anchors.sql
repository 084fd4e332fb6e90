-- The anchors of the security events: each covers the chains that grew on one day.

-- Events of a day, and the order in which administrators read them.
CREATE INDEX security_events_created_idx ON security_events (created_at, id);

-- One row per UTC day, from the day of the first event. A chain that did not grow is covered by the day on
-- which it last did. Each anchor is logged too, so that a copy exists outside of Postgres.
CREATE TABLE audit_anchors (
  day        date PRIMARY KEY,
  -- Events of that day, and the accounts that have one.
  events     integer NOT NULL,
  chains     integer NOT NULL,
  -- SHA-256 in hex over the hash of the day before ('' for the first), the columns above, and for each of
  -- these accounts, ordered by id, its id and the position and hash of its last event of the day.
  hash       text NOT NULL,
  created_at timestamptz(3) NOT NULL
);

CREATE TRIGGER audit_anchors_append_only BEFORE UPDATE OR DELETE ON audit_anchors
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_anchors_keep BEFORE TRUNCATE ON audit_anchors
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
