/** The page of `examples/ai-sdk` with the real packages of one version, in a browser. */
import { join } from "node:path";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { folderOfAi, type Version, VERSIONS } from "./ai-sdk-package.ts";
import { newVisitor, type Visitor } from "./browser.ts";
import type { SignedIn } from "./client.ts";
import type { ChunkCuttingProxy } from "./chunk-cutting-proxy.ts";

const ROOT = join(import.meta.dirname, "..", "..");

const HTML = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><div id="root"></div>
<script type="module" src="SCRIPT"></script>`;

/** The script of an entry in `examples/ai-sdk`, with the packages of a version. */
async function bundle(entry: string, version: Version): Promise<string> {
  const react = VERSIONS[version];
  const result = await build({
    entryPoints: [join(ROOT, "examples/ai-sdk", entry)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    nodePaths: [join(ROOT, "node_modules")],
    alias: { "@ai-sdk/react": react, ai: folderOfAi(version) },
    logLevel: "silent",
  });
  return result.outputFiles[0]?.text ?? "";
}

/** Serves an example with the packages of a version, and returns its path. */
export async function serveExample(
  version: Version,
  { serve }: ChunkCuttingProxy,
  entry = "main.jsx",
): Promise<string> {
  const path = `/${entry}-${version}`;
  serve(`${path}.js`, "text/javascript", await bundle(entry, version));
  serve(path, "text/html", HTML.replace("SCRIPT", `${path}.js`));
  return path;
}

/** A browser with tabs on the example at a path, signed in as a person. */
export async function newTabs(of: SignedIn, path: string, { url }: ChunkCuttingProxy) {
  const visitor = await newVisitor();
  // A chat without messages has nothing to load yet.
  visitor.expectErrors(/404 \(Not Found\).*\/messages/);
  const signIn = `if (location.protocol === "http:") sessionStorage.setItem("token", "${of.accessToken}")`;
  await visitor.context.addInitScript(signIn);
  const address = (chat: string) => `${url}${path}?server=${encodeURIComponent(url)}#${chat}`;
  return { visitor, open: (chat: string) => openTab(visitor, address(chat)) };
}

async function openTab(visitor: Visitor, address: string) {
  const page = await visitor.open(address);
  await page.locator("#status").waitFor();
  return tabOf(page);
}

function tabOf(page: Page) {
  const click = (name: string) => page.getByRole("button", { name, exact: true }).last().click();
  const write = async (text: string) => {
    await page.getByLabel("Message").fill(text);
    await click("Send");
  };
  const texts = (role = "assistant") =>
    page
      .locator(`article[data-role=${role}]`)
      .evaluateAll((articles) =>
        articles.map((one) => [...one.querySelectorAll("p")].map((p) => p.textContent).join("|")),
      );
  return {
    send: write,
    click,
    /** Edits the last user message. */
    edit: async (text: string) => {
      await click("Edit");
      await write(text);
    },
    reload: async () => {
      await page.reload();
      await page.locator("#status").waitFor();
    },
    /** The texts of the answers, or of the user's messages. */
    texts,
    /** Resolves once the answers are these. */
    shows: async (...wanted: string[]) => expect.poll(() => texts()).toEqual(wanted),
    /** Resolves once the chat has this status. */
    is: (status: string) => expect.poll(() => page.locator("#status").textContent()).toBe(status),
    error: () => page.getByRole("alert").textContent(),
  };
}
