import { beforeAll, expect, it } from "vitest";
import { expectProblem, type SignedIn, signUpWithFiles } from "../../support/client.ts";
import { bytesIn } from "../../support/encoded.ts";
import { announce, readyFile, sendTo, settled, textOf, upload } from "../../support/files.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUpWithFiles();
});

const CLAUSE =
  "Najemca zobowiązuje się płacić czynsz do dziesiątego dnia każdego miesiąca, zgodnie z umową.";
const AMBIGUOUS = bytesIn("שלום", "windows-1255");

const complete = (id: string, body?: object) => ada.post(`/files/${id}/complete`, body);

it("A text in an old encoding is read in the runtime as it was written", async () => {
  const file = await readyFile(ada, bytesIn(CLAUSE, "windows-1250"), "umowa.txt");
  expect(await textOf(ada, file.id)).toBe(CLAUSE);
  expect(file.encoding).toBeNull();
});

it("A text of an unknown encoding fails with candidates, and is completed with one of them", async () => {
  const { body } = await upload(ada, AMBIGUOUS, "a.txt");
  const failed = await settled(ada, body.id);
  expect(failed.failure).toMatchObject({ code: "unknown_encoding" });
  expect(failed.failure.candidates).toContain("windows-1255");
  expectProblem(await complete(body.id, { encoding: "windows-0" }), 422, "validation_failed");
  expectProblem(await complete(body.id, { code: "x" }), 422, "validation_failed");
  expect((await complete(body.id, { encoding: "CP1255" })).status).toBe(200);
  const ready = await settled(ada, body.id);
  expect(ready).toMatchObject({ status: "ready", failure: null, encoding: "windows-1255" });
  expect(await textOf(ada, body.id)).toBe("שלום");
});

it("The character set of the media type counts, whichever way a file comes in", async () => {
  const form = new FormData();
  const type = "text/plain; charset=windows-1255";
  form.append("file", new Blob([AMBIGUOUS as BlobPart], { type }), "a.txt");
  const { body } = await ada.post("/files/upload", form);
  expect(await settled(ada, body.id)).toMatchObject({ status: "ready", encoding: "windows-1255" });
  const { body: started } = await ada.post("/files", announce(AMBIGUOUS, "a.txt", type));
  await sendTo(started.upload, AMBIGUOUS);
  expect((await complete(started.file.id)).status).toBe(200);
  expect((await settled(ada, started.file.id)).status).toBe("ready");
  expect(await textOf(ada, started.file.id)).toBe("שלום");
});

it("A kind that is refused says why, and what to do", async () => {
  const archive =
    'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="B"\r\n\r\n--B\r\nContent-Type: text/html\r\n\r\n<p>Lease</p>\r\n--B--';
  const refused = await upload(ada, archive, "lease.mht");
  expectProblem(refused, 415, "unsupported_file");
  expect(refused.body.failure).toMatchObject({
    code: "unsupported_mhtml",
    detail: expect.stringContaining("save it as PDF"),
  });
  const { body } = await ada.post("/files", announce(archive, "lease.mht", "text/plain"));
  await sendTo(body.upload, archive);
  expectProblem(await complete(body.file.id), 415, "unsupported_file");
  const { body: file } = await ada.get(`/files/${body.file.id}`);
  expect(file).toMatchObject({ status: "failed", failure: { code: "unsupported_mhtml" } });
});
