import { events, type Family } from "./family.ts";

const head =
  '"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"llama3.2","system_fingerprint":"fp_ollama"';

export const ollama: Family = {
  name: "Ollama",
  source: "https://docs.ollama.com/api/openai-compatibility",
  stream: events(
    `{${head},"choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"role":"assistant","content":" there"},"finish_reason":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"stop"}]}`,
    `{${head},"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}`,
  ),
  // A model whose answer contains its reasoning.
  title: String.raw`{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"deepseek-r1","system_fingerprint":"fp_ollama","choices":[{"index":0,"message":{"role":"assistant","content":"<think>\nOkay.\n</think>\n\n{\"suggested_name\": \"Deposit return\", \"reasoning\": \"r\"}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":8,"total_tokens":17}}`,
  embeddings: [
    '{"object":"list","data":[{"object":"embedding","embedding":[0.6,0.8],"index":0},{"object":"embedding","embedding":[1,0],"index":1}],"model":"nomic-embed-text","usage":{"prompt_tokens":2,"total_tokens":2}}',
  ],
  refuses: {},
  refusals: [
    [
      "no such model",
      {
        status: 404,
        body: String.raw`{"error":{"message":"model \"llama9\" not found, try pulling it first","type":"api_error","param":null,"code":null}}`,
      },
      "ai_model_not_found",
    ],
    [
      "a busy server",
      {
        status: 503,
        body: '{"error":{"message":"server busy, please try again. maximum pending requests exceeded","type":"api_error","param":null,"code":null}}',
      },
      "ai_overloaded",
    ],
    [
      "a model that cannot be loaded",
      {
        status: 500,
        body: '{"error":{"message":"model requires more system memory (5.5 GiB) than is available (3.1 GiB)","type":"api_error","param":null,"code":null}}',
      },
      "ai_unavailable",
    ],
  ],
};
