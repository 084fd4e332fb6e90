import { events, type Family } from "./family.ts";

const head =
  '"id":"gen-1","provider":"Together","model":"meta/llama","object":"chat.completion.chunk","created":1';

export const openrouter: Family = {
  name: "OpenRouter",
  source: "https://openrouter.ai/docs/api/reference/errors-and-debugging",
  stream: `: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n${events(
    `{${head},"choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":null,"native_finish_reason":null,"logprobs":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"role":"assistant","content":" there"},"finish_reason":null,"native_finish_reason":null,"logprobs":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"stop","native_finish_reason":"eos","logprobs":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null,"logprobs":null}],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"cost":0.00001}}`,
  )}`,
  title: String.raw`{"id":"gen-1","provider":"Together","model":"meta/llama","object":"chat.completion","created":1,"choices":[{"logprobs":null,"finish_reason":"stop","native_finish_reason":"eos","index":0,"message":{"role":"assistant","content":"{\"suggested_name\":\"Deposit return\",\"reasoning\":\"r\"}","refusal":null,"reasoning":null}}],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}`,
  refuses: {
    response_format: {
      status: 400,
      body: String.raw`{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"json_schema is not supported by this model\"}}","provider_name":"Together"}},"user_id":"user_1"}`,
    },
  },
  refusals: [
    [
      "no credits",
      {
        status: 402,
        body: '{"error":{"message":"This request requires more credits, or fewer max_tokens. You requested up to 4096 tokens, but can only afford 222.","code":402,"metadata":{"provider_name":null}}}',
      },
      "ai_quota",
    ],
    [
      "flagged input",
      {
        status: 403,
        body: '{"error":{"message":"meta/llama requires moderation on Together. Your input was flagged for \\"violence\\".","code":403,"metadata":{"reasons":["violence"],"flagged_input":"..."}}}',
      },
      "ai_filtered",
    ],
    [
      "too many requests upstream",
      {
        status: 429,
        body: '{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"meta/llama is temporarily rate-limited upstream.","provider_name":"Together"}}}',
      },
      "ai_overloaded",
    ],
    [
      "no such model",
      {
        status: 400,
        body: '{"error":{"message":"meta/x is not a valid model ID","code":400},"user_id":"user_1"}',
      },
      "ai_model_not_found",
    ],
    [
      "no credits, reported with 200",
      { status: 200, body: '{"error":{"message":"Insufficient credits","code":402}}' },
      "ai_quota",
    ],
  ],
};
