import { events, type Family } from "./family.ts";

const head =
  '"id":"1","object":"chat.completion.chunk","created":1,"model":"deepseek-reasoner","system_fingerprint":"fp_1"';

export const deepseek: Family = {
  name: "DeepSeek",
  source: "https://api-docs.deepseek.com/quick_start/error_codes",
  stream: `: keep-alive\n\n${events(
    `{${head},"choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"Hm"},"logprobs":null,"finish_reason":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"content":"Hello","reasoning_content":null},"logprobs":null,"finish_reason":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"content":" there","reasoning_content":null},"logprobs":null,"finish_reason":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"content":"","reasoning_content":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"prompt_cache_hit_tokens":0,"prompt_cache_miss_tokens":9}}`,
  )}`,
  title: String.raw`{"id":"1","object":"chat.completion","created":1,"model":"deepseek-chat","choices":[{"index":0,"message":{"role":"assistant","content":"{\"suggested_name\": \"Deposit return\", \"reasoning\": \"r\"}","reasoning_content":"Hm"},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}`,
  refuses: {
    response_format: {
      status: 400,
      body: '{"error":{"message":"This response_format type is unavailable now","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}',
    },
  },
  refusals: [
    [
      "no balance",
      {
        status: 402,
        body: '{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}',
      },
      "ai_quota",
    ],
    [
      "a wrong key",
      {
        status: 401,
        body: '{"error":{"message":"Authentication Fails (no such user)","type":"authentication_error","param":null,"code":"invalid_request_error"}}',
      },
      "ai_unauthorized",
    ],
    [
      "no such model",
      {
        status: 400,
        body: '{"error":{"message":"Model Not Exist","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}',
      },
      "ai_model_not_found",
    ],
    [
      "a context that is too long",
      {
        status: 400,
        body: `{"error":{"message":"This model's maximum context length is 65536 tokens. However, you requested 70000 tokens (65904 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}`,
      },
      "ai_context_exceeded",
    ],
  ],
};
