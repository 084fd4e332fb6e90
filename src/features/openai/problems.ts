/** What the routes of OpenAI's API that begin a turn have in common. */
import { type ProblemCode, providerProblems } from "../../lib/problem.ts";

/** A client sends its whole history with every call. */
export const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

export const openAiProblems: readonly ProblemCode[] = [
  "not_found",
  "model_not_found",
  "turn_in_progress",
  "file_failed",
  "file_processing",
  "file_not_ready",
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
  "save_refused",
  "room_unavailable",
  "save_delayed",
];
