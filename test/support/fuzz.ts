/** Requests derived from the OpenAPI document: valid by its schemas, nearly valid, and far from it. */
import fc from "fast-check";
import type { Body } from "./client.ts";

export type FuzzedRequest = {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
};

/** Replacements for an id, or for any text. */
const ODD_TEXTS = [
  "",
  " ",
  "-".repeat(36),
  "0".repeat(36),
  "00000000-0000-0000-0000-000000000000",
  "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
  "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10",
  "' OR 1=1 --",
  "\u0000",
  "\ud800",
  "\r\nX-Injected: 1",
  "../../etc/passwd",
  "%00",
  "%ff",
  "押金 \u202e\u200b",
  "1e400",
  "-1",
  "9007199254740993",
  "99999999999999999999",
  "2026-02-30",
  "0000-01-01T00:00:00Z",
  "+275760-09-13T00:00:00.001Z",
  "2026-01-01T00:00:00.123456789012345678901234567890Z",
  "ada@example.com",
  "application/pdf\r\nX: 1",
  "text/пример",
  "/files/------------------------------------/content",
  "x".repeat(3_000),
  "_1".repeat(1_000),
] as const;

/** Odd values for a member of that name alone. */
const ODD_MEMBERS: Record<string, unknown[]> = {
  file_url: [
    `/files/${"-".repeat(36)}/content`,
    "/files/x/content",
    "http://",
    "https://[::1]:99999",
  ],
  content_type: ["application/pdf\r\nX: 1", "text/пример", "a/b;\u0000", "/", "a/b\n"],
  original_name: ["\u0000", "..", "\u202e.pdf", "x".repeat(255), "\n"],
  sha256: ["", "G".repeat(64), "F".repeat(64)],
  file_size: [-1, 0.5, 1e300, 2 ** 31, 50 * 1024 * 1024 + 1],
  email: ["ada@xn--", "@", "a@b.c\u0000", `${"é".repeat(40)}@example.com`],
  metadata: [{ usage: 1 }, { ["\u0000"]: 1 }, { a: { b: [[[[null]]]] } }, []],
};

const oddText = fc.constantFrom(...ODD_TEXTS);
const anyText = fc.oneof(oddText, fc.string({ unit: "binary", maxLength: 40 }));

const oddTime = fc.constantFrom(
  "2026-01-01T00:00:00Z",
  "2026-01-01T00:00:00.123456789012345678901234567890Z",
  `2026-01-01T00:00:00.${"9".repeat(400)}Z`,
  "0001-01-01T00:00:00.000Z",
  "9999-12-31T23:59:59.999999999Z",
  "2026-02-30T00:00:00Z",
  "2026-01-01T24:00:00Z",
  "infinity",
);
const oddPart = fc.oneof(oddText, fc.boolean(), fc.double(), fc.maxSafeInteger());

/** Cursors in the product's encoding, of parts that it would not encode. */
const oddCursor = fc
  .oneof(
    fc.tuple(fc.boolean(), oddTime, fc.uuid()),
    fc.tuple(oddTime, fc.uuid()),
    fc.tuple(fc.integer()),
    fc.array(oddPart, { maxLength: 4 }),
  )
  .map((parts) => Buffer.from(JSON.stringify(parts)).toString("base64url"));

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  anyText,
  fc.double(),
  fc.integer(),
  fc.constantFrom(null, true, 1e308, -0, [], {}, [[]], { a: { b: 1 } }),
);

/** No object has it: the objects of other requests are not deleted under them. */
const NOTHINGS_ID = "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10";

/** Any request to one of the operations; `ids` are of existing objects. */
export function requestTo(
  document: Body,
  [path, method, operation]: [string, string, Body],
  ids: string[],
): fc.Arbitrary<FuzzedRequest> {
  const parameters: Body[] = operation.parameters ?? [];
  const values = Object.fromEntries(
    parameters.map((parameter) => [
      `${parameter.in} ${parameter.name}`,
      valueOf(parameter, method === "delete" ? [NOTHINGS_ID] : ids),
    ]),
  );
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  return fc
    .record({ values: fc.record(values), body: bodyOf(document, schema, ids), extra: headers })
    .map(({ values, body, extra }) => ({
      method: method.toUpperCase(),
      path: toPath(path, values),
      headers: { ...extra, ...toHeaders(values) },
      body,
    }));
}

const headers = fc.oneof(
  { weight: 30, arbitrary: fc.constant({}) },
  fc.record({ accept: fc.constantFrom("*/*", "text/event-stream", "application/json;q=x", ",,;") }),
  fc.record({ "content-type": fc.constantFrom("text/plain", "application/json; charset=x", ";") }),
  fc.record({
    cookie: fc.constantFrom("access_token=x; refresh_token=y", "=;=;", "refresh_token"),
  }),
);

function valueOf(parameter: Body, ids: string[]): fc.Arbitrary<string | undefined> {
  const known = knownValue(parameter, ids);
  const given = fc.oneof({ weight: 12, arbitrary: known }, anyText);
  return parameter.required ? given : fc.option(given, { nil: undefined });
}

function knownValue(
  { in: location, name, schema = {} }: Body,
  ids: string[],
): fc.Arbitrary<string> {
  if (location === "path") return fc.constantFrom(...ids);
  return name === "cursor" ? oddCursor : ofSchema({}, schema, ids).map(String);
}

function bodyOf(document: Body, schema: Body, ids: string[]): fc.Arbitrary<string | undefined> {
  if (!schema) return fc.constant(undefined);
  const valid = ofSchema(document, schema, ids);
  const near = fc
    .tuple(valid, fc.nat(), anyText, oddValue)
    .map(([value, chance, key, member]) =>
      isRecord(value) ? mutate(value, { chance, key, member }) : value,
    );
  const junk = fc.oneof(oddValue.map(toJson), anyText, fc.constantFrom("{", "[]", '{"a":1e400}'));
  return fc.oneof(
    { weight: 4, arbitrary: valid.map(toJson) },
    { weight: 6, arbitrary: near.map(toJson) },
    { weight: 1, arbitrary: junk },
  );
}

type Mutation = { chance: number; key: string; member: unknown };

/** One of its members gets another value, half of the time one that is odd for it; or there is one more. */
function mutate(value: Record<string, unknown>, { chance, key, member }: Mutation) {
  const keys = Object.keys(value);
  const chosen = keys[chance % (keys.length + 1)] ?? key;
  const odd = ODD_MEMBERS[chosen] ?? [];
  const given = odd.length > 0 && chance % 2 === 0 ? odd[(chance >> 1) % odd.length] : member;
  return { ...value, [chosen]: given };
}

function ofSchema(document: Body, schema: Body, ids: string[]): fc.Arbitrary<unknown> {
  if (schema.$ref) return ofSchema(document, resolve(document, schema.$ref), ids);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const some: Body[] | undefined = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (some) return fc.oneof(...some.map((one) => ofSchema(document, one, ids)));
  const types: string[] = [schema.type ?? "string"].flat();
  return fc.oneof(...types.map((type) => ofType(document, type, schema, ids)));
}

function ofType(document: Body, type: string, schema: Body, ids: string[]): fc.Arbitrary<unknown> {
  if (type === "null") return fc.constant(null);
  if (type === "boolean") return fc.boolean();
  if (type === "integer" || type === "number")
    return fc.integer({ min: schema.minimum ?? 0, max: 200 });
  if (type === "array")
    return fc.array(ofSchema(document, schema.items ?? {}, ids), { maxLength: 3 });
  if (type === "object") return ofObject(document, schema, ids);
  return ofText(schema, ids);
}

function ofText({ format, minLength = 0, example }: Body, ids: string[]): fc.Arbitrary<string> {
  if (format === "uuid") return fc.constantFrom(...ids, crypto.randomUUID());
  const text = fc.string({ minLength, maxLength: minLength + 20 });
  if (typeof example !== "string") return text;
  return fc.oneof({ weight: 6, arbitrary: fc.constant(example) }, text);
}

function ofObject(document: Body, { properties = {}, required = [] }: Body, ids: string[]) {
  const members = Object.entries<Body>(properties).map(([name, schema]) => [
    name,
    ofMember(name, ofSchema(document, schema, ids)),
  ]);
  return fc.record(Object.fromEntries(members), { requiredKeys: required });
}

/** Sometimes odd, with everything else of the request valid: it gets further. */
function ofMember(name: string, known: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const odd = ODD_MEMBERS[name];
  return odd ? fc.oneof({ weight: 4, arbitrary: known }, fc.constantFrom(...odd)) : known;
}

function toPath(template: string, values: Record<string, string | undefined>): string {
  const path = template.replace(/\{(\w+)\}/g, (_, name) => encode(values[`path ${name}`] ?? ""));
  const query = Object.entries(values)
    .filter(([name, value]) => name.startsWith("query ") && value !== undefined)
    .map(([name, value]) => `${name.slice("query ".length)}=${encode(value ?? "")}`);
  return query.length > 0 ? `${path}?${query.join("&")}` : path;
}

/** Half of a surrogate pair, and an existing escape, are sent unchanged. */
function encode(value: string): string {
  return value.startsWith("%") ? value : encodeURIComponent(value.toWellFormed());
}

/** What no client can put into a header is omitted. */
function toHeaders(values: Record<string, string | undefined>): Record<string, string> {
  const given = Object.entries(values).flatMap(([name, value = ""]) =>
    name.startsWith("header ") ? [[name.slice("header ".length), value] as const] : [],
  );
  return Object.fromEntries(given.filter(([, value]) => /^[\x20-\x7e]+$/.test(value)));
}

function toJson(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function resolve(document: Body, ref: string): Body {
  return ref
    .slice(2)
    .split("/")
    .reduce((node, key) => node[key], document);
}
