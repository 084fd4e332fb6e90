import { describe, expect, it } from "vitest";
import { refusedIn, withoutRefused } from "../../src/clients/model/parameters.ts";
import { readRefusal } from "../../src/clients/model/provider-errors.ts";

const SENT = {
  model: "m",
  max_completion_tokens: 100,
  stream: true,
  stream_options: { include_usage: true },
  response_format: {},
};

const refusedBy = (status: number, body: unknown, sent: object = SENT) =>
  refusedIn(readRefusal(status, body), { model: "m", ...sent });

describe("the parameters that a refusal names", () => {
  it.each([
    [
      "OpenAI",
      String.raw`{"error":{"message":"Unsupported parameter: 'max_completion_tokens' is not supported with this model.","param":"max_completion_tokens","code":"unsupported_parameter"}}`,
      ["max_completion_tokens"],
    ],
    [
      "OpenAI, nested",
      '{"error":{"message":"Invalid parameter","param":"response_format.type"}}',
      ["response_format"],
    ],
    [
      "OpenAI, a model that does not stream",
      String.raw`{"error":{"message":"Unsupported value: 'stream' does not support true with this model.","param":"stream"}}`,
      ["stream"],
    ],
    [
      "Azure",
      '{"error":{"message":"Unrecognized request argument supplied: stream_options","type":"invalid_request_error"}}',
      ["stream_options"],
    ],
    [
      "Mistral",
      '{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"],"msg":"Extra inputs are not permitted","input":32000}]},"type":"invalid_request_error"}',
      ["max_completion_tokens"],
    ],
    [
      "pydantic",
      '{"detail":[{"loc":["body","stream_options"],"msg":"extra fields not permitted"}]}',
      ["stream_options"],
    ],
    [
      "vLLM, as Python prints it",
      String.raw`{"object":"error","message":"[{'type': 'extra_forbidden', 'loc': ('body', 'max_completion_tokens'), 'msg': 'Extra inputs are not permitted'}]","code":400}`,
      ["max_completion_tokens"],
    ],
    [
      "Gemini, two at once",
      String.raw`[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"max_completion_tokens\": Cannot find field.\nUnknown name \"stream_options\": Cannot find field.","status":"INVALID_ARGUMENT"}}]`,
      ["max_completion_tokens", "stream_options"],
    ],
    [
      "DeepSeek",
      '{"error":{"message":"This response_format type is unavailable now","type":"invalid_request_error"}}',
      ["response_format"],
    ],
    [
      "DeepSeek, earlier",
      '{"error":{"message":"Failed to deserialize the JSON body into the target type: response_format: response_format.type `json_schema` is unavailable now"}}',
      ["response_format"],
    ],
    [
      "Groq",
      '{"error":{"message":"This model does not support response format `json_schema`."}}',
      ["response_format"],
    ],
    [
      "LM Studio",
      String.raw`{"error":"'response_format.type' must be 'json_schema' or 'text'"}`,
      ["response_format"],
    ],
    [
      "LiteLLM",
      String.raw`{"error":{"message":"mistral does not support parameters: {'max_completion_tokens': 4096}","code":"400"}}`,
      ["max_completion_tokens"],
    ],
    [
      "Go's decoder",
      String.raw`{"error":"json: unknown field \"stream_options\""}`,
      ["stream_options"],
    ],
    [
      "OpenAI, more than it may be",
      '{"error":{"message":"max_tokens is too large: 8192. This model supports at most 4096 completion tokens.","param":"max_tokens","code":"invalid_value"}}',
      ["max_completion_tokens"],
    ],
    [
      "vLLM, more than it may be",
      String.raw`{"object":"error","message":"'max_completion_tokens' is too large: 8192. This model's maximum context length is 4096 tokens","code":400}`,
      ["max_completion_tokens"],
    ],
  ])("%s", (_name, body, names) => {
    expect(refusedBy(400, JSON.parse(body))).toEqual(names);
    expect(refusedBy(422, JSON.parse(body))).toEqual(names);
  });

  it.each([
    [
      "a context that is too long",
      400,
      { error: { message: "input length and `max_tokens` exceed context limit" } },
    ],
    [
      "a context by its code",
      400,
      { error: { message: "max_tokens", code: "context_length_exceeded" } },
    ],
    ["a filter", 400, { error: { message: "about response_format", code: "content_filter" } }],
    ["another status", 500, { error: { message: "max_completion_tokens" } }],
    ["too many requests", 429, { error: { message: "max_completion_tokens" } }],
    [
      "what was not sent",
      400,
      { error: { message: "Unsupported parameter: 'temperature'", param: "temperature" } },
    ],
    ["no reason", 400, ""],
    ["the stream as a word", 400, { error: { message: "The stream was closed." } }],
  ])("are none of %s", (_name, status, body) => {
    expect(refusedBy(status, body)).toEqual([]);
  });

  it("are those of embeddings", () => {
    const sent = { dimensions: 1_536, encoding_format: "float" };
    const matryoshka =
      'Model "x" does not support matryoshka representation, changing output dimensions will lead to poor results.';
    expect(refusedBy(400, { message: matryoshka }, sent)).toEqual(["dimensions"]);
    const loc = ["body", "encoding_format"];
    expect(refusedBy(422, { detail: [{ loc }] }, sent)).toEqual(["encoding_format"]);
  });
});

describe("a request without the refused parameters", () => {
  it("has its token limit by the older name, and without that by none", () => {
    const limited = { model: "m", max_completion_tokens: 100 };
    expect(withoutRefused(limited, new Set())).toEqual(limited);
    expect(withoutRefused(limited, new Set(["max_completion_tokens"]))).toEqual({
      model: "m",
      max_tokens: 100,
    });
    const both = new Set(["max_completion_tokens", "max_tokens"] as const);
    expect(withoutRefused(limited, both)).toEqual({ model: "m" });
  });

  it("has no stream options where it has no stream", () => {
    expect(withoutRefused(SENT, new Set(["stream"]))).toEqual({
      model: "m",
      max_completion_tokens: 100,
      response_format: {},
    });
  });
});
