-- What administrators list: accounts by their age.

CREATE INDEX users_list_idx ON users (created_at DESC, id DESC);
