import { events, type Family } from "./family.ts";

const head =
  '"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o","service_tier":"default","system_fingerprint":"fp_1"';

export const openai: Family = {
  name: "OpenAI",
  source: "https://platform.openai.com/docs/api-reference/chat",
  stream: events(
    `{${head},"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}`,
    `{${head},"choices":[{"index":0,"delta":{"content":"Hello"},"logprobs":null,"finish_reason":null}],"usage":null}`,
    `{${head},"choices":[{"index":0,"delta":{"content":" there"},"logprobs":null,"finish_reason":null}],"usage":null}`,
    `{${head},"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}`,
    `{${head},"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}`,
  ),
  title: String.raw`{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":"{\"suggested_name\":\"Deposit return\",\"reasoning\":\"r\"}","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}`,
  whole:
    '{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"o3","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}',
  embeddings: [
    '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.6,0.8]},{"object":"embedding","index":1,"embedding":[1,0]}],"model":"text-embedding-ada-002","usage":{"prompt_tokens":2,"total_tokens":2}}',
  ],
  refuses: {
    // Of models before o1, and of ada-002.
    dimensions: {
      status: 400,
      body: '{"error":{"message":"This model does not support specifying dimensions.","type":"invalid_request_error","param":null,"code":null}}',
    },
    response_format: {
      status: 400,
      body: `{"error":{"message":"Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.","type":"invalid_request_error","param":null,"code":null}}`,
    },
    stream: {
      status: 400,
      body: `{"error":{"message":"Your organization must be verified to stream this model.","type":"invalid_request_error","param":"stream","code":"unsupported_value"}}`,
    },
  },
  refusals: [
    [
      "a wrong key",
      {
        status: 401,
        body: '{"error":{"message":"Incorrect API key provided: sk-x.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}',
      },
      "ai_unauthorized",
    ],
    [
      "no quota",
      {
        status: 429,
        body: '{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}',
      },
      "ai_quota",
    ],
    [
      "too many messages",
      {
        status: 400,
        body: `{"error":{"message":"Invalid 'messages': array too long. Expected an array with maximum length 2048, but got an array with length 17083 instead.","type":"invalid_request_error","param":"messages","code":"array_above_max_length"}}`,
      },
      "ai_context_exceeded",
    ],
  ],
};
