import { Hono } from "hono";
import { expect, it } from "vitest";
import type { Deps } from "../../src/deps.ts";
import { startFlow, takeFlow } from "../../src/features/auth/oidc/flow.ts";
import { createSealedBoxes } from "../../src/features/auth/sealed-boxes.ts";
import type { App } from "../../src/http/router.ts";

const SECRET = "a secret of at least 32 characters, for this test";

let now = 1_000_000;
let state = "";
const deps = {
  sealedBoxes: createSealedBoxes(SECRET, () => now),
  oidc: {
    authorizationUrl: async (_: string, secrets: { state: string }) => {
      state = secrets.state;
      return "https://id.example/";
    },
  },
};

const app = new Hono<App>();
app.use(async (c, next) => {
  c.set("deps", deps as unknown as Deps);
  await next();
});
app.get("/start", async (c) => c.text(await startFlow(c, { mode: "cookie" })));
app.get("/take", async (c) => c.json(await takeFlow(c, c.req.query("state") ?? "")));
app.onError((error, c) => c.text(error.message, 400));

async function start(): Promise<string> {
  const response = await app.request("https://api.example/start");
  return response.headers.getSetCookie()[0] ?? "";
}

const take = (cookie: string) =>
  app.request(`https://api.example/take?state=${state}`, { headers: { cookie } });

it("Over https, the cookie of a sign-in belongs to this host alone", async () => {
  const cookie = await start();
  expect(cookie).toMatch(
    /^__Host-oidc_[\w-]{16}=[\w-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  const [pair = ""] = cookie.split(";");
  const taken = await take(pair);
  expect(await taken.json()).toMatchObject({ state, mode: "cookie" });
  expect(taken.headers.getSetCookie()[0]).toMatch(/^__Host-oidc_[\w-]{16}=; Max-Age=0; Path=\//);
  expect((await take(pair.replace("__Host-", ""))).status).toBe(400);
});

it("A sign-in expires after ten minutes, whatever the browser still sends", async () => {
  const [pair = ""] = (await start()).split(";");
  now += 10 * 60_000 - 1;
  expect((await take(pair)).status).toBe(200);
  now += 1;
  expect((await take(pair)).status).toBe(400);
});
