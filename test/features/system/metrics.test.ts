import { readFile } from "node:fs/promises";
import { join } from "node:path";
import parsePrometheus from "parse-prometheus-text-format";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderMetrics } from "../../../src/features/system/metrics/render.ts";
import {
  anonymous,
  at,
  bearer,
  type Body,
  clientWith,
  expectProblem,
  type SignedIn,
  signUp,
} from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { callsContaining, query } from "../../support/postgres.ts";
import { promtoolFaults } from "../../support/promtool.ts";

const METRICS_TOKEN = "a token of the scraper, of at least 32 characters";

const TOKEN = METRICS_TOKEN.replaceAll(" ", "-");

let worker: FastWorker;
let admin: SignedIn;
let user: SignedIn;
beforeAll(async () => {
  worker = await startFastWorker({ METRICS_TOKEN: TOKEN });
  [admin, user] = await Promise.all([signUp("Ada Admin", worker.url), signUp("Eve", worker.url)]);
  await query("UPDATE users SET role = 'admin' WHERE id = $1", [admin.user.id]);
  await user.post("/chat", { content: "Hello?" });
});
afterAll(() => worker.close());

const scraper = () => bearer(TOKEN, worker.url);

async function scrape(client = scraper()) {
  const { status, headers, body } = await client.get("/metrics");
  expect(status, JSON.stringify(body)).toBe(200);
  expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return parsePrometheus(body);
}

describe("the metrics", () => {
  it("are Prometheus text that a parser of others reads, each with its help", async () => {
    const families = await scrape();
    expect(families.length).toBeGreaterThan(15);
    for (const { name, help, type, metrics } of families) {
      expect(name).toMatch(/^indifly_[a-z_]+$/);
      expect(help, name).toMatch(/^[A-Z].*\.$/);
      expect(type).toBe("GAUGE");
      for (const { value } of metrics) expect(Number(value), name).toBeGreaterThanOrEqual(0);
    }
  });

  it("pass the check of Prometheus' own tool, where it is installed", async () => {
    const { body } = await scraper().get("/metrics");
    const faults = await promtoolFaults(body);
    expect(faults ?? "").toBe("");
    const broken = await promtoolFaults("indifly users 1");
    expect(broken === undefined).toBe(faults === undefined);
    expect(broken).not.toBe("");
  });

  it("count what there is", async () => {
    const of = await scrape().then((families) => (name: string) => {
      const metrics = families.find((family) => family.name === name)?.metrics ?? [];
      return metrics.map(({ value, labels = {} }) => ({ ...labels, value: Number(value) }));
    });
    const [{ users } = {}] = await query("SELECT count(*) AS users FROM users");
    expect(of("indifly_users")).toEqual([{ value: expect.any(Number) }]);
    expect(Math.abs((of("indifly_users")[0]?.value ?? 0) - Number(users))).toBeLessThan(50);
    expect(of("indifly_sessions_active")[0]?.value).toBeGreaterThan(0);
    expect(of("indifly_turns_last_hour")).toContainEqual({
      status: "complete",
      value: expect.any(Number),
    });
    const answers = of("indifly_ai_calls").filter((sample: Body) => sample.kind === "answer");
    expect(answers).toContainEqual({
      day: "today",
      kind: "answer",
      model: "gpt-4o-mini",
      value: expect.any(Number),
    });
  });

  it("take one trip to Postgres", async () => {
    const before = (await callsContaining("indifly_mails_oldest_seconds")).length;
    await scrape(at(worker.url, admin));
    expect((await callsContaining("indifly_mails_oldest_seconds")).length - before).toBe(1);
  });

  it("are for administrators, by session, and do not exist for other users", async () => {
    expect((await scrape(at(worker.url, admin))).length).toBeGreaterThan(15);
    expectProblem(await user.get("/metrics"), 404, "not_found");
    await query("UPDATE users SET is_active = false WHERE id = $1", [admin.user.id]);
    expectProblem(await at(worker.url, admin).get("/metrics"), 404, "not_found");
    await query("UPDATE users SET is_active = true WHERE id = $1", [admin.user.id]);
  });

  it("are refused without a sign-in, and to any other token", async () => {
    const nobody = anonymous(worker.url);
    expectProblem(await nobody.get("/metrics"), 401, "unauthenticated");
    for (const token of [`${TOKEN}x`, TOKEN.slice(1), "x", TOKEN.toUpperCase()]) {
      expectProblem(await bearer(token, worker.url).get("/metrics"), 401, "invalid_token");
    }
    const basic = clientWith({ authorization: `Basic ${TOKEN}` }, worker.url);
    expectProblem(await basic.get("/metrics"), 401, "invalid_token");
  });

  it("have a token of their own that opens nothing else, and opens nothing where none is configured", async () => {
    expectProblem(await scraper().get("/users/me"), 401, "invalid_token");
    expectProblem(await bearer(TOKEN).get("/metrics"), 401, "invalid_token");
  });

  it("may have labels of any text", () => {
    const labels = ['a "model"', "back\\slash", "two\nlines", "{curly},=1", "große Straße"];
    const families = { indifly_of_a_test: { help: "Calls.", labels: ["model"] } };
    const samples = labels.map((label) => ({
      family: "indifly_of_a_test",
      labels: [label],
      value: "1.500000000000",
    }));
    const [parsed] = parsePrometheus(renderMetrics(families, samples));
    expect(parsed?.metrics.map((metric) => metric.labels?.model)).toEqual(labels);
    expect(parsed?.metrics[0]?.value).toBe("1.5");
  });
});

describe("the dashboard of the documentation", () => {
  it("shows every metric, and none that does not exist", async () => {
    const path = join(import.meta.dirname, "../../../docs/grafana-dashboard.json");
    const dashboard: Body = JSON.parse(await readFile(path, "utf8"));
    const families = await scrape();
    const queried = dashboard.panels.flatMap((panel: Body) =>
      (panel.targets ?? []).map(({ expr }: { expr: string }) => expr),
    );
    const used: string[] = queried.flatMap((expr: string) => expr.match(/\bindifly_\w+/g) ?? []);
    expect([...new Set(used)].toSorted()).toEqual(families.map(({ name }) => name).toSorted());
    const ids = dashboard.panels.map(({ id }: { id: number }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const expr of queried) {
      const labels: string[] = expr.match(/\b\w+(?==")|(?<=by \()[\w, ]+/g) ?? [];
      const name = /\bindifly_\w+/.exec(expr)?.[0];
      const [sample] = families.find((family) => family.name === name)?.metrics ?? [];
      if (!sample) continue;
      for (const label of labels.flatMap((list) => list.split(/, */))) {
        expect(Object.keys(sample.labels ?? {}), expr).toContain(label);
      }
    }
  });
});
