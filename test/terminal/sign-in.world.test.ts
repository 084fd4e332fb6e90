import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../local/ports.ts";
import { type SignedIn, signUp, workerUrl } from "../support/client.ts";
import { enrol } from "../support/second-factor.ts";
import { homeOf, makeHome, signInLines, TERMINAL_MS } from "../support/terminal.ts";
import { startWatchingProxy } from "../support/watching-proxy.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
const isRefresh = (call: string) => call === "POST /auth/refresh";

/** As if the access token had expired; the refresh token stays. */
async function expire(path: string): Promise<void> {
  const saved = JSON.parse(await readFile(path, "utf8"));
  saved.tokens.expiresAt = 0;
  await writeFile(path, JSON.stringify(saved));
}

describe("signing in at the terminal", { timeout: TERMINAL_MS }, () => {
  it("creates an account where somebody has none, and stays signed in", async () => {
    await using home = await makeHome();
    const email = `tess.${crypto.randomUUID()}@example.com`;
    const password = "nine quiet rivers";
    const first = home.start(["-i"]);
    const lines = [email, password, "new", "Tess Example", password, password];
    for (const line of [...lines, "/quit"]) first.say(line);
    expect(await first.exited, first.notes()).toBe(0);
    expect(first.notes()).toContain(`Signed in as Tess Example (${email}).`);
    const second = home.start(["-i"]);
    second.say("/chats");
    second.end();
    expect(await second.exited, second.notes()).toBe(0);
    expect(second.notes()).not.toContain("Password");
    expect(second.notes()).toContain("There are no chats yet.");
  });

  it("keeps the tokens where only the person can read them", async () => {
    await using home = await makeHome();
    const terminal = home.start(["-i"]);
    for (const line of [...signInLines(ada), "/quit"]) terminal.say(line);
    expect(await terminal.exited, terminal.notes()).toBe(0);
    const file = home.tokensOf(workerUrl);
    expect([await modeOf(file), await modeOf(dirname(file))]).toEqual([0o600, 0o700]);
    expect(await readFile(file, "utf8")).not.toContain(ada.password);
  });

  it("asks again after a wrong password, and shows none", async () => {
    await using home = await makeHome();
    const terminal = home.start(["-i"]);
    for (const line of [ada.user.email, "no such lamps", ""]) terminal.say(line);
    for (const line of [...signInLines(ada), "/quit"]) terminal.say(line);
    expect(await terminal.exited).toBe(0);
    expect(terminal.notes()).toContain("The e-mail address or the password is wrong.");
    expect(terminal.notes()).toContain("Signed in as Ada Example");
    expect(terminal.notes() + terminal.out()).not.toContain(ada.password);
  });

  it("asks for the second factor, and again after a wrong code", async () => {
    const eve = await signUp();
    const app = await enrol(eve);
    await using home = await makeHome();
    const terminal = home.start(["-i"]);
    for (const line of [...signInLines(eve), "000000", app.code(), "/quit"]) terminal.say(line);
    expect(await terminal.exited, terminal.notes()).toBe(0);
    expect(terminal.notes().match(/Code of your authenticator app/g)).toHaveLength(2);
    expect(terminal.notes()).toContain("Signed in as");
  });

  it("ends where the input ends, with an exit code of its own", async () => {
    await using home = await makeHome();
    const terminal = home.start(["-i"]);
    terminal.end();
    expect([await terminal.exited, terminal.out()]).toEqual([3, ""]);
  });

  it("ends the session with /sign-out, and forgets the tokens", async () => {
    const eve = await signUp();
    await using home = await homeOf(eve);
    const terminal = home.start(["-i"]);
    terminal.say("/sign-out");
    expect(await terminal.exited, terminal.notes()).toBe(0);
    await expect(stat(home.tokensOf(workerUrl))).rejects.toThrow("ENOENT");
    const next = home.start(["Hello?"]);
    next.end();
    expect(await next.exited).toBe(3);
    expect(next.notes()).toContain("Nobody is signed in.");
  });

  it("says what to do where no server is", async () => {
    await using home = await makeHome();
    const url = `http://127.0.0.1:${await freePort()}`;
    const terminal = home.start(["-i"], { url });
    for (const line of signInLines(ada)) terminal.say(line);
    expect(await terminal.exited).toBe(4);
    expect(terminal.notes()).toContain(`The server at ${url} cannot be reached (ECONNREFUSED).`);
    expect(terminal.notes()).toContain("npm run dev");
  });
});

describe("tokens that several terminals share", { timeout: TERMINAL_MS }, () => {
  it("are renewed once where all of them need new ones at the same time", async () => {
    const eve = await signUp();
    await using proxy = await startWatchingProxy(workerUrl);
    await using home = await homeOf(eve, proxy.origin);
    await expire(home.tokensOf(proxy.origin));
    const terminals = Array.from({ length: 4 }, () => home.start(["-i"], { url: proxy.origin }));
    for (const terminal of terminals) terminal.say("/chats");
    for (const terminal of terminals) terminal.end();
    for (const terminal of terminals) {
      expect(await terminal.exited).toBe(0);
      expect(terminal.notes()).toContain("There are no chats yet.");
    }
    expect(proxy.seen.filter(isRefresh)).toHaveLength(1);
  });

  it("are taken over by a terminal that has older ones", async () => {
    const eve = await signUp();
    await using proxy = await startWatchingProxy(workerUrl);
    await using home = await homeOf(eve, proxy.origin);
    const file = home.tokensOf(proxy.origin);
    const fresh = await readFile(file, "utf8");
    await expire(file);
    const terminal = home.start(["-i"], { url: proxy.origin });
    await terminal.shows("Type a message");
    const saved = JSON.parse(fresh);
    const { body } = await eve.post("/auth/refresh", { refresh_token: saved.tokens.refreshToken });
    saved.tokens.accessToken = body.access_token;
    saved.tokens.refreshToken = body.refresh_token;
    await writeFile(file, JSON.stringify(saved));
    for (const line of ["/chats", "/quit"]) terminal.say(line);
    expect(await terminal.exited, terminal.notes()).toBe(0);
    expect(terminal.notes()).toContain("There are no chats yet.");
    expect(proxy.seen.filter(isRefresh)).toEqual([]);
  });

  it("are left alone where somebody else has signed in meanwhile", async () => {
    const [eve, bob] = [await signUp(), await signUp("Bob Example")];
    await using home = await homeOf(eve);
    const file = home.tokensOf(workerUrl);
    await expire(file);
    const terminal = home.start(["-i"]);
    await terminal.shows("Type a message");
    await using other = await homeOf(bob);
    const ofBob = await readFile(other.tokensOf(workerUrl), "utf8");
    await writeFile(file, ofBob);
    terminal.say("/chats");
    await terminal.shows("Sign in at");
    terminal.end();
    expect(await terminal.exited).toBe(3);
    expect(await readFile(file, "utf8")).toBe(ofBob);
  });

  it("are renewed although a terminal was killed while it renewed them", async () => {
    const eve = await signUp();
    await using home = await homeOf(eve);
    const file = home.tokensOf(workerUrl);
    await expire(file);
    // A number that no process has.
    await writeFile(`${file}.lock`, "4194999");
    const terminal = home.start(["-i"]);
    for (const line of ["/chats", "/quit"]) terminal.say(line);
    expect(await terminal.exited, terminal.notes()).toBe(0);
    expect(JSON.parse(await readFile(file, "utf8")).tokens.expiresAt).toBeGreaterThan(Date.now());
  });
});

/** A stand-in for libsecret's command: one secret per line of its arguments, in files. */
const SECRET_TOOL = `#!${process.execPath}
const { readFileSync, writeFileSync, rmSync } = require("node:fs");
const [action, ...args] = process.argv.slice(2);
const file = process.env.KEYRING + "/" + encodeURIComponent(args.slice(-4).join(" "));
if (action === "store") writeFileSync(file, readFileSync(0));
if (action === "lookup") process.stdout.write(readFileSync(file));
if (action === "clear") rmSync(file, { force: true });
`;

describe.runIf(process.platform === "linux")("a keyring", { timeout: TERMINAL_MS }, () => {
  it("has the tokens where there is one, and no file has them", async () => {
    await using home = await makeHome();
    const folder = join(home.path, "keyring");
    await mkdir(folder);
    await writeFile(join(home.path, "secret-tool"), SECRET_TOOL);
    await chmod(join(home.path, "secret-tool"), 0o700);
    const env = { INDIFLY_KEYRING: "", KEYRING: folder, PATH: home.path };
    const first = home.start(["-i"], { env });
    for (const line of [...signInLines(ada), "/quit"]) first.say(line);
    expect(await first.exited, first.notes()).toBe(0);
    await expect(stat(home.tokensOf(workerUrl))).rejects.toThrow("ENOENT");
    const second = home.start(["-i"], { env });
    for (const line of ["/usage", "/sign-out"]) second.say(line);
    expect(await second.exited, second.notes()).toBe(0);
    expect(second.out()).toContain("0 calls");
    const third = home.start(["Hello?"], { env });
    third.end();
    expect(await third.exited).toBe(3);
  });
});
