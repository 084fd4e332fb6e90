import { events, type Family } from "./family.ts";

const head =
  '"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-2024-11-20","system_fingerprint":"fp_1"';
const safe = '"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}';

export const azure: Family = {
  name: "Azure",
  source: "https://learn.microsoft.com/azure/ai-services/openai/reference",
  stream: events(
    '{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]}',
    `{"choices":[{${safe},"delta":{"content":"","refusal":null,"role":"assistant"},"finish_reason":null,"index":0,"logprobs":null}],${head}}`,
    `{"choices":[{${safe},"delta":{"content":"Hello"},"finish_reason":null,"index":0}],${head}}`,
    `{"choices":[{${safe},"delta":{"content":" there"},"finish_reason":null,"index":0}],${head}}`,
    `{"choices":[{"content_filter_results":{},"delta":{},"finish_reason":"stop","index":0}],${head}}`,
  ),
  title: String.raw`{"choices":[{"content_filter_results":{},"finish_reason":"stop","index":0,"logprobs":null,"message":{"content":"{\"suggested_name\":\"Deposit return\",\"reasoning\":\"r\"}","refusal":null,"role":"assistant"}}],"created":1,"id":"chatcmpl-1","model":"gpt-4o","object":"chat.completion","prompt_filter_results":[],"usage":{"completion_tokens":2,"prompt_tokens":9,"total_tokens":11}}`,
  refuses: {
    // Of API versions before 2024-09-01-preview.
    stream_options: {
      status: 400,
      body: '{"error":{"message":"Unrecognized request argument supplied: stream_options","type":"invalid_request_error","param":null,"code":null}}',
    },
    max_completion_tokens: {
      status: 400,
      body: '{"error":{"message":"Unrecognized request argument supplied: max_completion_tokens","type":"invalid_request_error","param":null,"code":null}}',
    },
    response_format: {
      status: 400,
      body: '{"error":{"message":"response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later","type":"invalid_request_error","param":"response_format","code":null}}',
    },
  },
  refusals: [
    [
      "a filtered prompt",
      {
        status: 400,
        body: `{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"violence":{"filtered":true,"severity":"medium"}}}}}`,
      },
      "ai_filtered",
    ],
    [
      "a deployment that is not there",
      {
        status: 404,
        body: '{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}',
      },
      "ai_model_not_found",
    ],
    [
      "a wrong key",
      {
        status: 401,
        body: '{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}}',
      },
      "ai_unauthorized",
    ],
    [
      "too many requests",
      {
        status: 429,
        headers: { "retry-after": "26" },
        body: '{"error":{"code":"429","message":"Requests to the ChatCompletions_Create Operation have exceeded token rate limit. Please retry after 26 seconds."}}',
      },
      "ai_overloaded",
    ],
  ],
};
