import { beforeAll, expect, it } from "vitest";
import { type SignedIn, signUpWithFiles, platformUrl } from "../../support/client.ts";
import { fireCron } from "../../support/cron.ts";
import { readyFile } from "../../support/files.ts";
import { query } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUpWithFiles();
});

/** A text of more passages than one call to the provider takes. */
const textWith = (marker: string) =>
  Array.from({ length: 90 }, (_, index) => `${index + 1}. ${"A clause of some words. ".repeat(20)}`)
    .concat(`The last clause names ${marker}.`)
    .join("\n\n");

const stateOf = async (fileId: string) =>
  (
    await query(
      `SELECT status, embed_due_at IS NOT NULL AS is_due, embed_failures AS failures,
         (SELECT count(*) FROM passages AS p WHERE p.file_id = f.id AND NOT EXISTS
           (SELECT FROM passage_vectors AS v WHERE v.file_id = f.id AND v.ordinal = p.ordinal)) AS missing
       FROM files AS f WHERE id = $1`,
      [fileId],
    )
  )[0];

const makeDue = (fileId: string) =>
  query("UPDATE files SET embed_due_at = now() - interval '1 second' WHERE id = $1", [fileId]);

it("Passages that a provider refuses to embed get their vectors later, and the file is ready meanwhile", async () => {
  const marker = await script({ kind: "embedding", errorStatus: 429, times: 2 });
  const { id } = await readyFile(ada, textWith(marker), "clauses.txt");
  const first = await stateOf(id);
  expect(first).toMatchObject({ is_due: "t", failures: "1" });
  expect(Number(first?.missing)).toBeGreaterThan(0);
  await makeDue(id);
  await fireCron(platformUrl);
  await until(async () => (await stateOf(id))?.failures === "2");
  await makeDue(id);
  await fireCron(platformUrl);
  await until(async () => (await stateOf(id))?.missing === "0");
  await until(async () => (await stateOf(id))?.is_due === "f");
  expect(await stateOf(id)).toMatchObject({ status: "ready", failures: "0" });
});

it("A provider that refuses every time is called once a day in the end", async () => {
  const marker = await script({ kind: "embedding", errorStatus: 500 });
  const { id } = await readyFile(ada, textWith(marker), "clauses.txt");
  await query("UPDATE files SET embed_failures = 40, embed_due_at = now() WHERE id = $1", [id]);
  await fireCron(platformUrl);
  await until(async () => (await stateOf(id))?.failures === "41");
  const [row] = await query(
    "SELECT status, round(extract(epoch FROM embed_due_at - now()) / 3600) AS hours FROM files WHERE id = $1",
    [id],
  );
  expect(row).toEqual({ status: "ready", hours: "24" });
});
