-- A key may be claimed before the work that it stands for is done, and tells what that ended with.
ALTER TABLE idempotency_keys
  ADD COLUMN pending boolean NOT NULL DEFAULT false,
  ADD COLUMN failure text;

-- The one form in which addresses are compared: see src/features/auth/email.ts. Those of before are ASCII, of
-- which it is the lower case.
ALTER TABLE users ADD COLUMN email_key text;
UPDATE users SET email_key = lower(email);

-- The version before this one goes on writing addresses while both are deployed.
CREATE FUNCTION users_email_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.email_key := lower(NEW.email);
  RETURN NEW;
END
$$;
CREATE TRIGGER users_email_key BEFORE INSERT ON users
  FOR EACH ROW WHEN (NEW.email_key IS NULL) EXECUTE FUNCTION users_email_key();

ALTER TABLE users ALTER COLUMN email_key SET NOT NULL;
-- Under its name, by which the version before this one knows a taken address.
DROP INDEX users_email_key;
CREATE UNIQUE INDEX users_email_key ON users (email_key);
