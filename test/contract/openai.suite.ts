/** What the product relies on in a provider, for the stand-in and for the service. */
import OpenAI, { AuthenticationError } from "openai";
import { beforeAll, describe, expect, it } from "vitest";

export type Service = { apiKey: string; baseURL?: string };

/** Small and cheap: against the service, each run costs money. */
const MODEL = "gpt-4o-mini";
const EMBEDDING_MODEL = "text-embedding-3-small";
const DIMENSIONS = 256;
const ASK = {
  model: MODEL,
  max_completion_tokens: 40,
  messages: [{ role: "user" as const, content: "Say in one sentence what a lease is." }],
};

/** Call it inside a `describe`. */
export function promisesOfProvider({ apiKey, baseURL }: Service): void {
  const options = { maxRetries: 0, ...(baseURL && { baseURL }) };
  const client = new OpenAI({ ...options, apiKey });
  describeStreams(client);
  describeWholeAnswers(client);
  describeEmbeddings(client);

  it("lists models, which costs nothing", async () => {
    const ids = (await client.models.list()).data.map((model) => model.id);
    expect(ids).toContain(MODEL);
  });

  it("refuses a wrong key", async () => {
    const stranger = new OpenAI({ ...options, apiKey: "invalid" });
    const refused = await stranger.chat.completions.create(ASK).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(AuthenticationError);
    expect(refused).toMatchObject({ status: 401, code: "invalid_api_key" });
  });
}

function describeStreams(client: OpenAI): void {
  const stream = { ...ASK, stream: true, stream_options: { include_usage: true } } as const;

  describe("a stream", () => {
    let chunks: OpenAI.ChatCompletionChunk[];
    beforeAll(async () => {
      chunks = await Array.fromAsync(await client.chat.completions.create(stream));
    });

    it("begins with the role, continues with text, and ends with a finish reason", () => {
      expect(chunks[0]?.choices[0]?.delta.role).toBe("assistant");
      const pieces = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "");
      expect(pieces.filter((piece) => piece !== "").length).toBeGreaterThan(1);
      const reasons = chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean);
      expect(["stop", "length"]).toContain(reasons[0]);
      expect(reasons).toHaveLength(1);
    });

    it("reports the usage in a last chunk of its own", () => {
      const last = chunks.at(-1);
      expect(last?.choices).toEqual([]);
      expect(last?.usage?.total_tokens).toBe(
        (last?.usage?.prompt_tokens ?? 0) + (last?.usage?.completion_tokens ?? 0),
      );
      expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
    });

    it("has one id in every chunk", () => {
      expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
      expect(chunks.every((chunk) => chunk.object === "chat.completion.chunk")).toBe(true);
    });
  });

  it("reports no usage unless asked to", async () => {
    const { stream_options: _none, ...silent } = stream;
    const chunks = await Array.fromAsync(await client.chat.completions.create(silent));
    expect(chunks.every((chunk) => !chunk.usage)).toBe(true);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toMatch(/^(stop|length)$/);
  });

  it("ends with [DONE] on the wire", async () => {
    const response = await client.chat.completions.create(stream).asResponse();
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect((await response.text()).endsWith("}\n\ndata: [DONE]\n\n")).toBe(true);
  });

  it("ends without an error when the client aborts it", async () => {
    const abort = new AbortController();
    const chunks = await client.chat.completions.create(stream, { signal: abort.signal });
    let seen = 0;
    for await (const _chunk of chunks) if (++seen === 3) abort.abort();
    expect(seen).toBeLessThan(10);
  });
}

function describeWholeAnswers(client: OpenAI): void {
  it("answers without streaming, with its usage", async () => {
    const { object, choices, usage } = await client.chat.completions.create(ASK);
    expect(object).toBe("chat.completion");
    expect(choices[0]?.message.role).toBe("assistant");
    expect(choices[0]?.message.content).not.toBe("");
    expect(usage?.completion_tokens).toBeGreaterThan(0);
  });

  it("follows a JSON schema", async () => {
    const properties = {
      suggested_name: { type: "string" },
      words: { type: "integer" },
      tone: { enum: ["dry", "warm"] },
      parts: { type: "array", items: { type: "string" } },
    };
    const required = Object.keys(properties);
    const schema = { type: "object", properties, required, additionalProperties: false };
    const completion = await client.chat.completions.create({
      ...ASK,
      max_completion_tokens: 100,
      messages: [
        { role: "system", content: "Give the question a short title." },
        { role: "user", content: "May a landlord keep the deposit after two years?" },
      ],
      response_format: {
        type: "json_schema",
        json_schema: { name: "naming", strict: true, schema },
      },
    });
    const answer = JSON.parse(completion.choices[0]?.message.content ?? "");
    expect(Object.keys(answer).toSorted()).toEqual(required.toSorted());
    expect(answer.suggested_name).toMatch(/landlord|deposit/i);
    expect(["dry", "warm"]).toContain(answer.tone);
    expect(Number.isInteger(answer.words)).toBe(true);
    expect(Array.isArray(answer.parts)).toBe(true);
  });
}

function describeEmbeddings(client: OpenAI): void {
  const embed = async (input: string[], options: Partial<OpenAI.EmbeddingCreateParams> = {}) => {
    const body = { model: EMBEDDING_MODEL, input, dimensions: DIMENSIONS, ...options };
    return (await client.embeddings.create(body)).data.map((entry) => entry.embedding);
  };
  const dot = (a: number[] = [], b: number[] = []) =>
    a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

  it("returns a vector of length one and of the requested size for each text, in order", async () => {
    const vectors = await embed(["the notice period", "a bowl of soup"]);
    expect(vectors.map((vector) => vector.length)).toEqual([DIMENSIONS, DIMENSIONS]);
    for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 3);
    const [notice, soup] = vectors;
    const [question] = await embed(["How long is the notice period?"]);
    expect(dot(question, notice)).toBeGreaterThan(dot(question, soup));
  });

  it("returns the same numbers as floats and as base64, which the SDK requests by default", async () => {
    const [packed] = await embed(["the notice period"]);
    const [plain] = await embed(["the notice period"], { encoding_format: "float" });
    expect(dot(packed, plain)).toBeCloseTo(1, 3);
  });

  it("returns 1536 numbers by default, and counts the tokens of its input", async () => {
    const { data, usage } = await client.embeddings.create({
      model: EMBEDDING_MODEL,
      input: "soup",
    });
    expect(data[0]?.embedding).toHaveLength(1_536);
    expect(usage.total_tokens).toBeGreaterThan(0);
  });
}
