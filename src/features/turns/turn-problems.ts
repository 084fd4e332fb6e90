import { type ProblemCode, providerProblems } from "../../lib/problem.ts";

/** The problems that a turn may end with, over any wire. */
export const turnProblems: ProblemCode[] = [
  "unknown_event_id",
  "turn_in_progress",
  "file_failed",
  "file_processing",
  "file_not_ready",
  "unknown_model",
  "model_unpriced",
  "budget_exhausted",
  "reserved_key",
  "too_many_turns",
  "server_busy",
  "too_many_subscribers",
  ...providerProblems,
  "ai_empty",
  "ai_length",
  "turn_interrupted",
  "room_unavailable",
  "save_delayed",
];
