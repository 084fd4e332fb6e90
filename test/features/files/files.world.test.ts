import { beforeAll, describe, expect, it } from "vitest";
import { codePointLength } from "../../../src/lib/code-points.ts";
import {
  type Body,
  expectProblem,
  type SignedIn,
  signUpWithFiles,
  platformUrl,
} from "../../support/client.ts";
import { announce, formOf, readyFile } from "../../support/files.ts";
import { injectFault } from "../../support/postgres.ts";
import { bucketCalls, objectsWith } from "../../support/storage.ts";
import { until } from "../../support/until.ts";
import { startFastWorker } from "../../support/fast-worker.ts";

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUpWithFiles(), signUpWithFiles()]);
});

const idsOf = (files: Body[]) => files.map(({ id }) => id);

describe("the list of files", () => {
  it("has the user's own, newest first, by offset or by a cursor that leads to its end", async () => {
    const owner = await signUpWithFiles();
    const made: string[] = [];
    for (let i = 0; i < 5; i++) {
      const announced = announce(`text ${i}`, `${i}.txt`, "text/plain");
      made.unshift((await owner.post("/files", announced)).body.file.id);
    }
    expect(idsOf((await owner.get("/files")).body)).toEqual(made);
    expect(idsOf((await owner.get("/files?limit=2&offset=1")).body)).toEqual(made.slice(1, 3));
    const seen: string[] = [];
    for (let path: string | undefined = "/files?limit=2"; path;) {
      const { body, headers }: Body = await owner.get(path);
      seen.push(...idsOf(body));
      path = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
      // Files added meanwhile stand before the cursor, and move nothing.
      if (seen.length === 2) await owner.post("/files", announce("new", "new.txt", "text/plain"));
    }
    expect(seen).toEqual(made);
    expect((await eve.get("/files")).body).toEqual([]);
  });

  it("refuses a limit out of range and an invalid cursor", async () => {
    for (const bad of ["limit=0", "limit=101", "limit=x", "offset=-1", "cursor=nonsense"]) {
      expectProblem(await ada.get(`/files?${bad}`), 422, "validation_failed");
    }
  });
});

describe("downloading a file", () => {
  it("redirects to the bucket, which serves it as an attachment of its type and name", async () => {
    const name = 'Lease "draft" Ünï.txt';
    const file = await readyFile(ada, "Some text.", name);
    const response = await ada.get(file.file_url, { accept: "text/html,*/*" });
    expect(response.status).toBe(302);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    const url = response.headers.get("location") ?? "";
    expect(new URL(url).host).not.toBe(new URL(platformUrl).host);
    const bytes = await fetch(url);
    expect(await bytes.text()).toBe("Some text.");
    expect(bytes.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const disposition = bytes.headers.get("content-disposition") ?? "";
    expect(disposition).toMatch(/^attachment; filename="/);
    expect(decodeURIComponent(disposition.split("UTF-8''")[1] ?? "")).toBe("Lease draft Ünï.txt");
  });

  it("returns the signed URL as JSON, valid for five minutes and for this file alone", async () => {
    const file = await readyFile(ada, "Some text.", "a.txt");
    const { status, body } = await ada.get(file.file_url, { accept: "application/json" });
    expect(status).toBe(200);
    const seconds = (Date.parse(body.expires_at) - Date.now()) / 1000;
    expect(Math.abs(seconds - 300)).toBeLessThan(10);
    const other = body.url.replace(file.id, crypto.randomUUID());
    expect((await fetch(other)).status).toBe(403);
    const asHtml = body.url.replace("text%2Fplain", "text%2Fhtml");
    expect((await fetch(asHtml)).status).toBe(403);
  });

  it("says so when there are no bytes yet", async () => {
    const { body } = await ada.post("/files", announce("text", "a.txt", "text/plain"));
    expectProblem(await ada.get(body.file.file_url), 409, "file_not_uploaded");
    expectProblem(await ada.get(`/files/${body.file.id}/text`), 409, "file_not_uploaded");
  });
});

describe("the text of a file", () => {
  it("comes a page at a time, with offsets in code points of the whole text", async () => {
    const text = "𝕬𝖇 ".repeat(50_000);
    const { id } = await readyFile(ada, text, "long.txt");
    const whole: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { body }: Body = await ada.get(
        `/files/${id}/text?limit=1${cursor === "" ? "" : `&cursor=${cursor}`}`,
      );
      expect(body.length).toBe(150_000);
      for (const page of body.pages) {
        expect(page.end - page.start).toBe(codePointLength(page.text));
        expect(page.start).toBe(codePointLength(whole.join("")));
        whole.push(page.text);
      }
      cursor = body.next_cursor;
    }
    expect(whole.length).toBeGreaterThan(1);
    expect(whole.join("")).toBe(text);
  });
});

describe("deleting a file", () => {
  it("deletes its bytes, its text and its passages", async () => {
    const { id } = await readyFile(ada, "Some text.", "a.txt");
    expect((await ada.delete(`/files/${id}`)).status).toBe(204);
    expectProblem(await ada.get(`/files/${id}`), 404, "not_found");
    expectProblem(await ada.delete(`/files/${id}`), 404, "not_found");
    expect(await until(async () => (await objectsWith(id)).length === 0)).toBe(true);
  });

  it("succeeds when the response of Postgres is lost", async () => {
    const { id } = await readyFile(ada, "Some text.", "a.txt");
    await injectFault({ contains: `DELETE FROM files`, times: 1, kind: "cut_after_commit" });
    expect((await ada.delete(`/files/${id}`)).status).toBe(204);
  });
});

describe("another user's file", () => {
  it("is like one that never existed, in every call, and its bytes are not requested", async () => {
    const { id } = await readyFile(ada, "Private.", "a.txt");
    const before = (await bucketCalls(id)).length;
    const paths = [`/files/${id}`, `/files/${id}/content`, `/files/${id}/text`];
    for (const path of paths) expectProblem(await eve.get(path), 404, "not_found");
    expectProblem(await eve.post(`/files/${id}/complete`), 404, "not_found");
    expectProblem(await eve.delete(`/files/${id}`), 404, "not_found");
    expect((await bucketCalls(id)).length).toBe(before);
    expect((await ada.get(`/files/${id}`)).status).toBe(200);
  });
});

describe("without a bucket", () => {
  it("uploads are refused as not configured, and everything else works", async () => {
    const worker = await startFastWorker({ S3_BUCKET_NAME: "" });
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const form = new FormData();
    form.append("file", new Blob(["text"]), "a.txt");
    const response = await fetch(`${worker.url}/files/upload`, {
      method: "POST",
      headers,
      body: form,
    });
    const list = await fetch(`${worker.url}/files`, { headers });
    await worker.close();
    expect({ status: response.status, list: list.status }).toEqual({ status: 503, list: 200 });
    expect(await response.json()).toMatchObject({ code: "storage_not_configured" });
  });
});

it("An upload requires a sign-in", async () => {
  // In one piece: workerd closes the connection of a refused request whose body is still to come.
  const form = new Response(formOf("text", "a.txt"));
  const headers = { "content-type": form.headers.get("content-type") ?? "" };
  const body = await form.arrayBuffer();
  const response = await fetch(`${platformUrl}/files/upload`, { method: "POST", headers, body });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ code: "unauthenticated" });
});
