/** Files for tests: uploaded by either way, and ingested. */
import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { ApiResponse, Body, Client } from "./client.ts";
import { until } from "./until.ts";

/** A form with one file in a field. */
export function formOf(bytes: Uint8Array | string, name = "lease.txt", field = "file"): FormData {
  const form = new FormData();
  form.append(field, new Blob([bytes as BlobPart]), name);
  return form;
}

/** Uploads through the Worker; returns any response. */
export function upload(
  of: Client,
  bytes: Uint8Array | string,
  name?: string,
  headers: Record<string, string> = {},
): Promise<ApiResponse> {
  return of.post("/files/upload", formOf(bytes, name), headers);
}

/** The file once its ingestion has ended, either way. */
export function settled(of: Client, id: string): Promise<Body> {
  return until(async () => {
    const { body } = await of.get(`/files/${id}`);
    return (body.status === "ready" || body.status === "failed") && body;
  });
}

/** Uploads a file and waits until it is ready. */
export async function readyFile(
  of: Client,
  bytes: Uint8Array | string,
  name?: string,
): Promise<Body> {
  const { status, body } = await upload(of, bytes, name);
  expect(status, JSON.stringify(body)).toBe(201);
  const file = await settled(of, body.id);
  expect(file).toMatchObject({ status: "ready", processed: true, failure: null });
  return file;
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What a client announces of bytes before it sends them to the bucket. */
export function announce(bytes: Uint8Array | string, name: string, contentType: string): Body {
  const { byteLength } = Buffer.from(bytes);
  return {
    original_name: name,
    content_type: contentType,
    file_size: byteLength,
    sha256: sha256(bytes),
  };
}

/** Sends bytes as a signed upload says. */
export function sendTo(
  { method, url, headers }: Body,
  bytes: Uint8Array | string,
): Promise<Response> {
  return fetch(url, { method, headers, body: bytes as BodyInit });
}

/** The whole text of a file. */
export async function textOf(of: Client, id: string): Promise<string> {
  const texts: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const { status, body } = await of.get(`/files/${id}/text?limit=20${query}`);
    expect(status, JSON.stringify(body)).toBe(200);
    texts.push(...body.pages.map(({ text }: Body) => text));
    cursor = body.next_cursor;
  }
  return texts.join("");
}
