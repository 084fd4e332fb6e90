import { describe, expect, it } from "vitest";
import {
  ProviderError,
  readRefusal,
  toProviderProblem,
} from "../../src/clients/model/provider-errors.ts";

const problemOf = (status: number | undefined, body: unknown, headers?: Record<string, string>) =>
  toProviderProblem(readRefusal(status, body), new Headers(headers));

/** Providers' messages, from their documentation and from public reports. */
const REFUSALS: [string, number | undefined, string, string][] = [
  [
    "OpenAI: a wrong key",
    401,
    '{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}}',
    "ai_unauthorized",
  ],
  [
    "Gemini: a wrong key",
    400,
    '[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]',
    "ai_unauthorized",
  ],
  [
    "Anthropic: no permission",
    403,
    '{"type":"error","error":{"type":"permission_error","message":"No."}}',
    "ai_unauthorized",
  ],
  [
    "Azure: a wrong key",
    401,
    '{"statusCode":401,"message":"Unauthorized. Access token is missing."}',
    "ai_unauthorized",
  ],
  [
    "OpenAI: no quota",
    429,
    '{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}',
    "ai_quota",
  ],
  [
    "DeepSeek: no balance",
    402,
    '{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}',
    "ai_quota",
  ],
  [
    "OpenRouter: no credits",
    402,
    '{"error":{"code":402,"message":"Insufficient credits. Add more using the settings."}}',
    "ai_quota",
  ],
  [
    "Anthropic: no credit",
    400,
    '{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}',
    "ai_quota",
  ],
  [
    "OpenRouter in a stream",
    undefined,
    '{"error":{"code":402,"message":"Insufficient credits"},"choices":[]}',
    "ai_quota",
  ],
  [
    "OpenAI: no such model",
    404,
    '{"error":{"message":"The model `x` does not exist","type":"invalid_request_error","code":"model_not_found"}}',
    "ai_model_not_found",
  ],
  [
    "Ollama: no such model",
    404,
    String.raw`{"error":{"message":"model \"x\" not found, try pulling it first","type":"api_error"}}`,
    "ai_model_not_found",
  ],
  [
    "Mistral: no such model",
    400,
    '{"object":"error","message":"Invalid model: x","type":"invalid_model","code":"1500"}',
    "ai_model_not_found",
  ],
  [
    "DeepSeek: no such model",
    400,
    '{"error":{"message":"Model Not Exist","type":"invalid_request_error"}}',
    "ai_model_not_found",
  ],
  [
    "OpenRouter: no such model",
    400,
    '{"error":{"code":400,"message":"x/y is not a valid model ID"}}',
    "ai_model_not_found",
  ],
  [
    "Azure: no such deployment",
    404,
    '{"error":{"code":"DeploymentNotFound","message":"No."}}',
    "ai_model_not_found",
  ],
  [
    "OpenAI: too long",
    400,
    String.raw`{"error":{"message":"This model's maximum context length is 128000 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}`,
    "ai_context_exceeded",
  ],
  [
    "OpenAI: too many messages",
    400,
    String.raw`{"error":{"message":"Invalid 'messages': array too long.","type":"invalid_request_error","param":"messages","code":"array_above_max_length"}}`,
    "ai_context_exceeded",
  ],
  [
    "Anthropic: too long",
    400,
    '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 209000 tokens > 200000 maximum"}}',
    "ai_context_exceeded",
  ],
  [
    "Anthropic: too long with its output",
    400,
    '{"error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 174167 + 64000 > 200000"}}',
    "ai_context_exceeded",
  ],
  [
    "Gemini: too long",
    400,
    '[{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]',
    "ai_context_exceeded",
  ],
  [
    "Mistral: too long",
    400,
    '{"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_error","code":"3051"}',
    "ai_context_exceeded",
  ],
  [
    "vLLM: too long",
    400,
    '{"object":"error","message":"The decoder prompt (length 163840) is longer than the maximum model length of 131072.","type":"BadRequestError","code":400}',
    "ai_context_exceeded",
  ],
  [
    "llama.cpp: too long",
    400,
    '{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}',
    "ai_context_exceeded",
  ],
  [
    "SiliconFlow: too long",
    400,
    '{"code":20015,"message":"length of prompt_tokens (163280) must be less than max_seq_len (32768)."}',
    "ai_context_exceeded",
  ],
  ["a proxy: too large", 413, '"<html>Request Entity Too Large</html>"', "ai_context_exceeded"],
  [
    "Groq: larger than a minute's tokens",
    413,
    '{"error":{"message":"Request too large for model","type":"tokens","code":"rate_limit_exceeded"}}',
    "ai_context_exceeded",
  ],
  [
    "Azure: filtered",
    400,
    '{"error":{"message":"The response was filtered due to the prompt","param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}',
    "ai_filtered",
  ],
  [
    "OpenRouter: flagged",
    403,
    '{"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":["violence"]}}}',
    "ai_filtered",
  ],
  [
    "DashScope: filtered",
    400,
    '{"error":{"code":"data_inspection_failed","message":"Input may contain inappropriate content."}}',
    "ai_filtered",
  ],
  [
    "OpenAI: too fast",
    429,
    '{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}',
    "ai_overloaded",
  ],
  [
    "Anthropic in a stream",
    undefined,
    '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
    "ai_overloaded",
  ],
  [
    "Anthropic: overloaded",
    529,
    '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
    "ai_overloaded",
  ],
  [
    "OpenRouter in a stream: too fast",
    undefined,
    '{"error":{"code":429,"message":"Rate limited upstream"}}',
    "ai_overloaded",
  ],
  [
    "Gemini: too fast",
    429,
    '[{"error":{"code":429,"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED"}}]',
    "ai_overloaded",
  ],
  ["a proxy: down", 502, '"<html>Bad Gateway</html>"', "ai_unavailable"],
  ["LM Studio: words", 400, String.raw`{"error":"'messages' field is required"}`, "ai_unavailable"],
  [
    "vLLM: role order",
    400,
    '{"object":"error","message":"Conversation roles must alternate","code":400}',
    "ai_unavailable",
  ],
  ["nothing", 500, '""', "ai_unavailable"],
  ["no JSON value", 500, "null", "ai_unavailable"],
];

describe("a provider's refusal", () => {
  it.each(REFUSALS)("%s", (_name, status, body, problem) => {
    expect(problemOf(status, JSON.parse(body)).code).toBe(problem);
  });

  it("is known outside by its status and code, and never by its text", () => {
    const body = {
      error: { message: "secret of Jane", type: "Bad secret", code: "model_not_found" },
    };
    const problem = problemOf(404, body);
    expect(problem.extras.cause).toEqual(new ProviderError(404, "model_not_found"));
    expect(problem.extras.cause).toMatchObject({ status: 404, code: "model_not_found" });
    expect(JSON.stringify([problem, problem.extras, problem.message])).not.toContain("secret");
    const { cause } = problemOf(400, { error: { code: "Say 'secret' to Jane" } }).extras;
    expect(cause).toMatchObject({ code: undefined });
  });

  it.each([
    [{ "retry-after": "120" }, "120"],
    [{ "retry-after": "0" }, "1"],
    [{ "retry-after": "1.5" }, "2"],
    [{ "retry-after": "86400" }, "3600"],
    [
      { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", date: "Wed, 21 Oct 2026 07:27:00 GMT" },
      "60",
    ],
    [{ "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "-5" }, undefined],
    [{}, undefined],
  ])("with the retry time %j is passed on as %s", (headers, seconds) => {
    expect(problemOf(429, {}, { ...headers }).extras.headers?.["retry-after"]).toBe(seconds);
  });

  it("gives the retry time in Gemini's details too", () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "29.6s" }];
    const problem = problemOf(429, [
      { error: { code: 429, status: "RESOURCE_EXHAUSTED", details } },
    ]);
    expect(problem.extras.headers?.["retry-after"]).toBe("30");
  });
});
