import { events, type Family } from "./family.ts";

const head = '"created":1,"id":"x","model":"gemini-2.5-flash","object":"chat.completion.chunk"';

const unknown = (name: string) => ({
  status: 400,
  body: String.raw`[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"${name}\": Cannot find field.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"description":"Invalid JSON payload received. Unknown name \"${name}\": Cannot find field."}]}]}}]`,
});

export const gemini: Family = {
  name: "Gemini's compatible endpoint",
  source: "https://ai.google.dev/gemini-api/docs/openai",
  stream: events(
    `{"choices":[{"delta":{"content":"Hello","role":"assistant"},"index":0}],${head}}`,
    `{"choices":[{"delta":{"content":" there","role":"assistant"},"finish_reason":"stop","index":0}],${head},"usage":{"completion_tokens":2,"prompt_tokens":9,"total_tokens":31}}`,
  ),
  title: String.raw`{"choices":[{"finish_reason":"stop","index":0,"message":{"content":"{\"suggested_name\":\"Deposit return\",\"reasoning\":\"r\"}","role":"assistant"}}],"created":1,"id":"x","model":"gemini-2.5-flash","object":"chat.completion","usage":{"completion_tokens":2,"prompt_tokens":9,"total_tokens":11}}`,
  embeddings: [
    '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.6,0.8]},{"object":"embedding","index":1,"embedding":[1,0]}],"model":"gemini-embedding-001","usage":{"prompt_tokens":2,"total_tokens":2}}',
  ],
  refuses: {
    max_completion_tokens: unknown("max_completion_tokens"),
    response_format: {
      status: 400,
      body: String.raw`[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"additionalProperties\" at 'generation_config.response_schema': Cannot find field.","status":"INVALID_ARGUMENT"}}]`,
    },
    encoding_format: unknown("encoding_format"),
  },
  refusals: [
    [
      "a wrong key",
      {
        status: 400,
        body: '[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}]',
      },
      "ai_unauthorized",
    ],
    [
      "a prompt that is too long",
      {
        status: 400,
        body: '[{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]',
      },
      "ai_context_exceeded",
    ],
    [
      "too many requests",
      {
        status: 429,
        body: '[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"29s"}]}}]',
      },
      "ai_overloaded",
    ],
    [
      "no such model",
      {
        status: 404,
        body: '[{"error":{"code":404,"message":"models/gemini-x is not found for API version v1main.","status":"NOT_FOUND"}}]',
      },
      "ai_model_not_found",
    ],
    [
      "an overloaded model",
      {
        status: 503,
        body: '[{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}]',
      },
      "ai_overloaded",
    ],
  ],
};
