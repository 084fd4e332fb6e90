import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { platformUrl, type SignedIn, signUpWithFiles } from "../support/client.ts";
import { script } from "../support/provider.ts";
import { CONTROLS, type Home, homeOf, TERMINAL_MS } from "../support/terminal.ts";

const LEASE = join(import.meta.dirname, "..", "..", "examples", "lease.pdf");
const RETURNED = "The landlord returns the deposit within 21 days";

let ada: SignedIn;
let home: Home;
beforeAll(async () => {
  ada = await signUpWithFiles();
  home = await homeOf(ada, platformUrl);
  return () => home[Symbol.asyncDispose]();
});

const start = (args: string[]) => home.start(args, { url: platformUrl });

describe("a file in the terminal", { timeout: TERMINAL_MS }, () => {
  it("is uploaded, read and quoted in footnotes; what it does not contain is marked", async () => {
    const tokens = [`It says “${RETURNED}” [1] and “The landlord keeps all of it” [1].`];
    const marker = await script({ kind: "answer", tokens });
    const terminal = start(["-i"]);
    terminal.say(`/file ${LEASE}`);
    await terminal.shows("The next message brings: lease.pdf");
    expect(terminal.notes()).toMatch(/lease\.pdf: uploading 4 KiB\n(.*\n)*lease\.pdf: ready\n/);
    terminal.say(marker);
    await terminal.shows("NOT VERIFIED");
    terminal.end();
    expect(await terminal.exited).toBe(0);
    expect(terminal.out()).toContain(`\n[1] lease.pdf, page 1: "${RETURNED}"\n`);
    expect(terminal.out()).toContain(
      '[1?] NOT VERIFIED, no document contains these words: "The landlord keeps all of it"\n',
    );
  });

  it("is attached to one message in a script", async () => {
    const terminal = start(["--file", LEASE, "When is the deposit due back?"]);
    expect(await terminal.exited, terminal.notes()).toBe(0);
    expect(terminal.out()).toMatch(/\n\[1\] lease\.pdf, page 1: ".*21 days/);
  });

  it("up to 10 MiB goes through the server, with its progress", async () => {
    const path = join(home.path, "report.txt");
    await writeFile(path, Buffer.alloc(1024 * 1024, " \n"));
    const terminal = start(["-i"]);
    terminal.say(`/file "${path}"`);
    await terminal.shows("report.txt: uploading, 100 %");
    terminal.say("/quit");
    expect(await terminal.exited).toBe(0);
    expect(terminal.notes()).toMatch(
      /report\.txt: uploading 1\.0 MiB\n(?:report\.txt: uploading, [1-9]\d? %\n)+report\.txt: uploading, 100 %\n/,
    );
    const { body } = await ada.get("/files?limit=1");
    expect(body[0]).toMatchObject({ original_name: "report.txt", file_size: 1024 * 1024 });
  });

  it("above 10 MiB goes straight to the bucket, with its progress; a failure is a sentence", async () => {
    const path = join(home.path, "large report.txt");
    await writeFile(path, Buffer.alloc(11 * 1024 * 1024, " \n"));
    const terminal = start(["-i"]);
    terminal.say(`/file "${path}"`);
    await terminal.shows("large report.txt: uploading, 100 %");
    terminal.say("/quit");
    expect(await terminal.exited).toBe(0);
    expect(terminal.notes()).toMatch(/large report\.txt: uploading, [1-9]\d? %\n/);
    expect(terminal.notes()).toMatch(/large report\.txt: [A-Z].+\.\n/);
    expect(terminal.notes()).not.toContain("The next message brings");
    const { body } = await ada.get("/files?limit=1");
    expect(body[0]).toMatchObject({ original_name: "large report.txt", status: "failed" });
  });

  it("that is missing, empty or no file is a sentence, and the script fails before it asks", async () => {
    const empty = join(home.path, "empty\u001b[31m.txt");
    await writeFile(empty, "");
    for (const path of [join(home.path, "none.txt"), home.path, empty]) {
      const terminal = start(["--file", path, "May he?"]);
      expect([await terminal.exited, terminal.out()]).toEqual([1, ""]);
      expect(terminal.notes()).toMatch(/: [A-Z/].+\.\n$/);
      expect(terminal.notes()).not.toMatch(CONTROLS);
    }
  });
});
