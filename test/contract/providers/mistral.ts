import { events, type Family } from "./family.ts";

const head = '"id":"1","object":"chat.completion.chunk","created":1,"model":"mistral-small-latest"';

const forbidden = (name: string) => ({
  status: 422,
  body: `{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","${name}"],"msg":"Extra inputs are not permitted","input":8192}]},"type":"invalid_request_error","param":null,"code":null}`,
});

export const mistral: Family = {
  name: "Mistral",
  source: "https://docs.mistral.ai/api",
  stream: events(
    `{${head},"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}]},"finish_reason":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"Hello"}]},"finish_reason":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"content":" there"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"total_tokens":11,"completion_tokens":2}}`,
  ),
  title: String.raw`{"id":"1","object":"chat.completion","created":1,"model":"mistral-small-latest","choices":[{"index":0,"message":{"role":"assistant","tool_calls":null,"content":"{\"suggested_name\": \"Deposit return\", \"reasoning\": \"r\"}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"total_tokens":11,"completion_tokens":2}}`,
  embeddings: [
    '{"id":"1","object":"list","data":[{"object":"embedding","embedding":[0.6,0.8],"index":0},{"object":"embedding","embedding":[1,0],"index":1}],"model":"mistral-embed","usage":{"prompt_tokens":2,"total_tokens":2,"completion_tokens":0}}',
  ],
  refuses: {
    max_completion_tokens: forbidden("max_completion_tokens"),
    stream_options: forbidden("stream_options"),
    dimensions: forbidden("dimensions"),
    encoding_format: forbidden("encoding_format"),
  },
  refusals: [
    [
      "roles in another order",
      {
        status: 400,
        body: '{"object":"error","message":"Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant","type":"invalid_request_message_order","param":null,"code":"3230"}',
      },
      "ai_unavailable",
    ],
    [
      "a prompt that is too long",
      {
        status: 400,
        body: '{"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_invalid_args","param":null,"code":"3051"}',
      },
      "ai_context_exceeded",
    ],
    [
      "no such model",
      {
        status: 400,
        body: '{"object":"error","message":"Invalid model: mistral-x","type":"invalid_model","param":null,"code":"1500"}',
      },
      "ai_model_not_found",
    ],
    ["a wrong key", { status: 401, body: '{"detail":"Unauthorized"}' }, "ai_unauthorized"],
    [
      "too many requests",
      {
        status: 429,
        body: '{"object":"error","message":"Service tier capacity exceeded for this model.","type":"service_tier_capacity_exceeded","param":null,"code":"3505"}',
      },
      "ai_overloaded",
    ],
  ],
};
