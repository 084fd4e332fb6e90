-- The API key that pays for an answer: its calls count for the budgets of the key, whatever ends the turn.

ALTER TABLE messages ADD COLUMN key_id uuid;
