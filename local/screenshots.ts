/**
 * `npm run screenshots`: the picture with which the README begins. Starts the product with stand-ins of its own, has a
 * conversation about the example lease, and takes a picture of the page in docs/screenshot.png.
 */
import { spawn } from "node:child_process";
import { openAsBlob } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { ChatClient } from "../clients/ts/src/index.ts";
import { findChromium } from "./chromium.ts";
import { freePort } from "./ports.ts";
import { makeFolder } from "./scratch.ts";

const ROOT = join(import.meta.dirname, "..");
const TARGET = join(ROOT, "docs", "screenshot.png");
const SIZE = { width: 1440, height: 900 };
/** Few colours are enough for a page, and make a small file. */
const PNG = { palette: true, colours: 128, effort: 10 };

const ACCOUNT = { name: "Ada Example", email: "ada@example.com", password: "seven tall lamps" };
const OTHER_CHATS = ["Notice period of a lease", "Late rent and interest", "Repairs in winter"];
const TITLE = "The deposit of the lease";
const QUESTION = "When is the deposit due back, and what may the landlord keep?";

const folder = await makeFolder("screenshots");
const server = await startServer(folder.path);
try {
  const chatId = await converse(server.url);
  const picture = await takePicture(server.url, chatId);
  const { size } = await sharp(picture).resize(SIZE).png(PNG).toFile(TARGET);
  process.stdout.write(`${TARGET}: ${Math.round(size / 1024)} KiB\n`);
} finally {
  await server.stop();
  await folder.remove();
}

/** The development server, once it is ready. Its own settings file is empty: no key of the developer is used. */
async function startServer(path: string) {
  const port = await freePort();
  const env = {
    ...process.env,
    PORT: String(port),
    LOCAL_DIR: path,
    DEV_VARS: join(path, ".dev.vars"),
  };
  const child = spawn(process.execPath, [join(ROOT, "local", "dev.js")], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const ready = new Promise<void>((resolve) => {
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (/^Ready /m.test(output)) resolve();
    });
  });
  const early = exited.then(() => Promise.reject(new Error("The server did not start.")));
  await Promise.race([ready, early]);
  early.catch(() => undefined);
  return {
    url: `http://localhost:${port}`,
    stop: () => {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

/** Resolves to the chat in which the lease was asked about. */
async function converse(url: string): Promise<string> {
  const client = new ChatClient({ baseUrl: url });
  await client.signUp(ACCOUNT);
  for (const title of OTHER_CHATS) await client.post("/chats", { body: { title } });
  const fileId = await uploadLease(client);
  const turn = client.send({ content: QUESTION, file_ids: [fileId] });
  for await (const event of turn) {
    if (event.type === "error") throw new Error(event.error);
  }
  if (turn.chatId === undefined) throw new Error("The answer has no chat.");
  await client.patch("/chats/{id}", { path: { id: turn.chatId }, body: { title: TITLE } });
  return turn.chatId;
}

async function uploadLease(client: ChatClient): Promise<string> {
  const form = new FormData();
  form.append("file", await openAsBlob(join(ROOT, "examples", "lease.pdf")), "lease.pdf");
  let file = await client.post("/files/upload", { form });
  while (file.status === "pending" || file.status === "processing") {
    await wait(200);
    file = await client.get("/files/{id}", { path: { id: file.id } });
  }
  if (file.failure) throw new Error(file.failure.detail);
  return file.id;
}

/** In twice the size, so that text stays sharp when it is made smaller. */
async function takePicture(url: string, chatId: string): Promise<Buffer> {
  const browser = await chromium.launch({
    executablePath: findChromium(process.env.CHROMIUM),
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  try {
    const context = await browser.newContext({
      viewport: SIZE,
      deviceScaleFactor: 2,
      colorScheme: "light",
      reducedMotion: "reduce",
    });
    const { email, password } = ACCOUNT;
    await context.request.post(`${url}/auth/login`, { data: { email, password } });
    const page = await context.newPage();
    await page.goto(`${url}/app/chats/${chatId}`);
    await page.getByText("within 21 days").first().waitFor();
    await page.getByText("3 sources").click();
    await page.evaluate("document.fonts.ready");
    return await page.screenshot();
  } finally {
    await browser.close();
  }
}
