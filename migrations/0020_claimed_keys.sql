-- A key may be claimed before the work that it stands for is done, and tells what that ended with.
ALTER TABLE idempotency_keys
  ADD COLUMN pending boolean NOT NULL DEFAULT false,
  ADD COLUMN failure text;
