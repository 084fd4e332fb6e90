import { events, type Family } from "./family.ts";

const head =
  '"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"Qwen/Qwen3-8B"';

export const vllm: Family = {
  name: "vLLM",
  source: "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
  stream: events(
    `{${head},"choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"content":"Hello"},"logprobs":null,"finish_reason":null}]}`,
    `{${head},"choices":[{"index":0,"delta":{"content":" there"},"logprobs":null,"finish_reason":"stop","stop_reason":null}]}`,
    `{${head},"choices":null,"usage":{"prompt_tokens":9,"total_tokens":11,"completion_tokens":2}}`,
  ),
  title: String.raw`{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"Qwen/Qwen3-8B","choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"Hm","content":"\n\n{\"suggested_name\": \"Deposit return\", \"reasoning\": \"r\"}","tool_calls":[]},"logprobs":null,"finish_reason":"stop","stop_reason":null}],"usage":{"prompt_tokens":9,"total_tokens":11,"completion_tokens":2},"prompt_logprobs":null}`,
  embeddings: [
    '{"id":"embd-1","object":"list","created":1,"model":"m","data":[{"index":0,"object":"embedding","embedding":[0.6,0.8]},{"index":1,"object":"embedding","embedding":[1,0]}],"usage":{"prompt_tokens":2,"total_tokens":2,"completion_tokens":0,"prompt_tokens_details":null}}',
  ],
  refuses: {
    max_completion_tokens: {
      status: 400,
      body: `{"object":"error","message":"[{'type': 'extra_forbidden', 'loc': ('body', 'max_completion_tokens'), 'msg': 'Extra inputs are not permitted', 'input': 8192}]","type":"BadRequestError","param":null,"code":400}`,
    },
    dimensions: {
      status: 400,
      body: String.raw`{"object":"error","message":"Model \"m\" does not support matryoshka representation, changing output dimensions will lead to poor results.","type":"BadRequestError","param":null,"code":400}`,
    },
  },
  refusals: [
    [
      "a prompt that is too long",
      {
        status: 400,
        body: '{"object":"error","message":"The decoder prompt (length 163840) is longer than the maximum model length of 131072.","type":"BadRequestError","param":null,"code":400}',
      },
      "ai_context_exceeded",
    ],
    [
      "no such model",
      {
        status: 404,
        body: '{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}',
      },
      "ai_model_not_found",
    ],
    ["a wrong key", { status: 401, body: '{"error":"Unauthorized"}' }, "ai_unauthorized"],
    [
      "roles that do not alternate",
      {
        status: 400,
        body: '{"object":"error","message":"Conversation roles must alternate user/assistant/user/assistant/...","type":"BadRequestError","param":null,"code":400}',
      },
      "ai_unavailable",
    ],
  ],
};
