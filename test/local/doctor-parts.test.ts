import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { checkBucket, checkLifecycle } from "../../local/doctor/bucket.ts";
import { checkMail } from "../../local/doctor/mail.ts";
import { checkProviders } from "../../local/doctor/provider.ts";
import { checkQueues } from "../../local/doctor/queues.ts";
import { listen } from "../../local/http-server.ts";
import { type Env, readConfig } from "../../src/env.ts";

const stack: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of stack.splice(0)) await close();
});

/** A service that gives every request the same response, and keeps what it was asked. */
async function serving(status: number, body: string) {
  const asked: IncomingMessage[] = [];
  const server = await listen(async (request: IncomingMessage, response: ServerResponse) => {
    asked.push(request);
    response.writeHead(status).end(body);
  });
  stack.push(server.close);
  return { origin: server.origin, asked };
}

const KEY = { AWS_ACCESS_KEY_ID: "ID", AWS_SECRET_ACCESS_KEY: "secret", AWS_REGION: "eu-x-1" };

describe("The bucket's lifecycle rule", () => {
  const RULE =
    "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>";

  it.each([
    ["there", 200, `<LifecycleConfiguration><Rule>${RULE}</Rule></LifecycleConfiguration>`, "ok"],
    ["another", 200, "<LifecycleConfiguration><Rule/></LifecycleConfiguration>", "doubtful"],
    ["missing", 404, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>", "doubtful"],
    ["kept from this key", 403, "<Error><Code>AccessDenied</Code></Error>", "off"],
    ["unknown to the service", 501, "", "off"],
  ])("is reported where it is %s", async (_what, status, body, state) => {
    const { origin, asked } = await serving(status, body);
    const settings = { ...KEY, S3_BUCKET_NAME: "files", S3_ENDPOINT: origin };
    expect(await checkLifecycle(settings)).toMatchObject({ part: "lifecycle", state });
    expect(asked.map(({ url }) => url)).toEqual(["/files/?lifecycle"]);
    expect(asked[0]?.headers.authorization).toContain("/eu-x-1/s3/");
  });
});

it("A key that may not write to the bucket gets the name of the right that it lacks", async () => {
  const { origin } = await serving(403, "<Error><Code>AccessDenied</Code></Error>");
  const settings = { ...KEY, S3_BUCKET_NAME: "files", S3_ENDPOINT: origin };
  const [found, ...rest] = await checkBucket(settings, []);
  expect(rest).toEqual([]);
  expect(found).toMatchObject({ state: "broken", says: "PutObject is refused: 403 AccessDenied." });
  expect(found?.mend).toContain("PutObject");
});

describe("Mail", () => {
  const settings = { ...KEY, MAIL_FROM: "no-reply@example.com", APP_URL: "https://page.example" };
  const account = (sends: boolean, isProduction: boolean) =>
    JSON.stringify({ SendingEnabled: sends, ProductionAccessEnabled: isProduction });

  it.each([
    ["sends", 200, account(true, true), "ok"],
    ["is in the sandbox", 200, account(true, false), "doubtful"],
    ["is paused", 200, account(false, true), "broken"],
    ["refuses the key", 403, "{}", "doubtful"],
  ])("is reported where SES %s", async (_what, status, body, state) => {
    const { origin, asked } = await serving(status, body);
    const found = await checkMail({ ...settings, SES_ENDPOINT: origin });
    expect(found).toMatchObject({ part: "mail", state });
    expect(asked[0]?.url).toBe("/v2/email/account");
    expect(asked[0]?.headers.authorization).toContain("/eu-x-1/ses/");
  });

  it("is off without a sender, and broken without what it needs beside it", async () => {
    expect(await checkMail(KEY)).toMatchObject({ state: "off" });
    const found = await checkMail({ ...KEY, MAIL_FROM: settings.MAIL_FROM });
    expect(found).toMatchObject({ state: "broken", says: "APP_URL is missing." });
  });
});

describe("A list of models", () => {
  const models = (...ids: string[]) => JSON.stringify({ data: ids.map((id) => ({ id })) });

  /** What is said of a provider that answers so, when it is to have `my-model`. */
  async function lastFinding(status: number, body: string) {
    const { origin } = await serving(status, body);
    const variables = {
      DATABASE_URL: "postgres://a:b@c/d",
      SECRET_KEY: "s".repeat(32),
      OPENAI_BASE_URL: `${origin}/v1/`,
      DEFAULT_MODEL: "my-model",
      EMBEDDING_MODEL: "none",
    };
    return (await checkProviders(readConfig(variables as unknown as Env))).at(-1);
  }

  it.each([
    ["by a dated version", models("my-model-2026-01-01"), "ok"],
    ["with a folder in front", models("models/my-model"), "ok"],
    ["under a longer name alone", models("my-model-large"), "broken"],
    ["that is none", '{"error":"no"}', "broken"],
    ["that is no JSON", "<html>", "broken"],
  ])("has a model %s, or not", async (_how, body, state) => {
    expect(await lastFinding(200, body)).toMatchObject({ part: "provider", state });
  });

  it("that a provider does not have is to be looked at", async () => {
    expect(await lastFinding(404, "")).toMatchObject({ part: "provider", state: "doubtful" });
  });
});

it("Queues that nobody consumes are named, dead-letter queues too", () => {
  const queues = {
    producers: [{ binding: "JOBS", queue: "jobs" }],
    consumers: [{ queue: "others", dead_letter_queue: "dead" }],
  };
  const found = checkQueues({ queues });
  expect(found.map(({ state, says }) => [state, says.split(" ").at(-1)])).toEqual([
    ["broken", "jobs."],
    ["broken", "dead."],
  ]);
});
