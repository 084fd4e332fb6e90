import { events, type Family } from "./family.ts";

const head =
  '"id":"msg_1","created":1,"model":"claude-sonnet-4-5","object":"chat.completion.chunk"';

export const anthropic: Family = {
  name: "Anthropic's compatible endpoint",
  source: "https://platform.claude.com/docs/en/api/openai-sdk",
  stream: events(
    `{${head},"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"content":"Hello there"},"finish_reason":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`,
    `{${head},"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}`,
  ),
  // The response format is ignored: the JSON comes in a code fence.
  title:
    '{"id":"msg_1","choices":[{"index":0,"message":{"role":"assistant","content":"```json\\n{\\n  \\"suggested_name\\": \\"Deposit return\\",\\n  \\"reasoning\\": \\"r\\"\\n}\\n```"},"finish_reason":"stop"}],"created":1,"model":"claude-sonnet-4-5","object":"chat.completion","usage":{"completion_tokens":2,"prompt_tokens":9,"total_tokens":11}}',
  refuses: {},
  refusals: [
    [
      "a wrong key",
      {
        status: 401,
        body: '{"error":{"code":"invalid_api_key","message":"invalid x-api-key","type":"authentication_error","param":null}}',
      },
      "ai_unauthorized",
    ],
    [
      "no credit",
      {
        status: 400,
        body: '{"error":{"code":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.","type":"invalid_request_error","param":null}}',
      },
      "ai_quota",
    ],
    [
      "a prompt that is too long",
      {
        status: 400,
        body: '{"error":{"code":"invalid_request_error","message":"prompt is too long: 209000 tokens > 200000 maximum","type":"invalid_request_error","param":null}}',
      },
      "ai_context_exceeded",
    ],
    [
      "too much of everything",
      {
        status: 529,
        body: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      },
      "ai_overloaded",
    ],
    [
      "no such model",
      {
        status: 404,
        body: '{"type":"error","error":{"type":"not_found_error","message":"model: claude-9"}}',
      },
      "ai_model_not_found",
    ],
  ],
};
