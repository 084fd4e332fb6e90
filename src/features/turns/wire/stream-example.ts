/** The stream of a short turn, for the OpenAPI document. A test validates its messages against the schemas. */
import { formatEvent } from "../../../http/event-stream.ts";

const ANSWER_ID = "01936c2e-9a42-7c1e-b2d4-5f3a8e7d6c12";

const userMessage = {
  id: "01936c2e-9a41-7c1e-b2d4-5f3a8e7d6c11",
  chat_id: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10",
  parent_id: null,
  type: "user",
  role: "user",
  content: "May a landlord keep the whole deposit?",
  status: "complete",
  file_name: null,
  file_url: null,
  files: [],
  metadata: {},
  sibling_ids: ["01936c2e-9a41-7c1e-b2d4-5f3a8e7d6c11"],
  sibling_count: 1,
  created_at: "2026-11-23T09:30:00.000Z",
};

const usage = {
  prompt_tokens: 412,
  completion_tokens: 9,
  total_tokens: 421,
  cost: "0.0000672",
  currency: "USD",
  estimated: false,
};

const answer = {
  ...userMessage,
  id: ANSWER_ID,
  parent_id: userMessage.id,
  type: "bot",
  role: "assistant",
  content: "Only as far as it covers a real claim.",
  metadata: {
    model: "gpt-4o-mini",
    usage,
    finish_reason: "stop",
    processing_time: 0.9,
    timings: { overhead_ms: 18, provider_first_token_ms: 410, total_ms: 915 },
  },
  sibling_ids: [ANSWER_ID],
};

const events = [
  { type: "user_message", message: userMessage },
  { type: "ai_message_start", message_id: ANSWER_ID },
  { type: "content_delta", content: "Only as far as it covers" },
  { type: "content_delta", content: " a real claim." },
  { type: "ai_message_complete", message: answer },
  { type: "chat_name", name: "Keeping the deposit" },
  { type: "stream_complete" },
];

/** One of its events, and the whole stream. */
export const STREAM_EXAMPLE = {
  event: { type: "content_delta", content: "Only as far as it covers" },
  text: events.map((event, index) => `id: ${index + 1}\n${formatEvent(event)}`).join(""),
};
