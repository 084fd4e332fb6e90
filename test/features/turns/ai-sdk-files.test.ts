import { beforeAll, describe, expect, it } from "vitest";
import {
  answered,
  clientId,
  load,
  send,
  sendRaw,
  textIn,
  textsOf,
  type UIPart,
  userMessage,
} from "../../support/ai-sdk.ts";
import { newApiKey } from "../../support/api-keys.ts";
import { at, platformUrl, type SignedIn, signUp } from "../../support/client.ts";
import { newDocument } from "../../support/documents.ts";
import { query } from "../../support/postgres.ts";
import { answersContaining, script } from "../../support/provider.ts";

let ada: SignedIn;
/** The same person at the Worker that ingests files. */
let uploader: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
  uploader = at(platformUrl, ada);
});

const RENT = "The Tenant shall pay a rent of $1,500 on the first day of each month.";

const filePart = (url: string, filename = "lease.txt", mediaType = "text/plain"): UIPart => ({
  type: "file",
  url,
  filename,
  mediaType,
});

const dataUrl = (text: string, type = "text/plain") =>
  `data:${type};base64,${Buffer.from(text).toString("base64")}`;

const own = (id: string, origin = "") => filePart(`${origin}/files/${id}/content`);

/** The files of the user messages of a loaded conversation. */
const filesOf = (messages: Awaited<ReturnType<typeof load>>) =>
  messages.map(({ parts }) => parts.filter(({ type }: UIPart) => type === "file"));

async function promptOf(marker: string): Promise<string> {
  const [request] = await answersContaining(marker);
  return String(request?.body.messages.at(-1)?.content);
}

const filesNamed = (name: string) =>
  query("SELECT id FROM files WHERE user_id = $1 AND original_name = $2", [ada.user.id, name]);

describe("a file of a message", () => {
  it("that is on this server is a document of the question, by its path or its URL", async () => {
    const lease = await newDocument(ada, [RENT]);
    for (const origin of ["", new URL((await ada.fetch("/health/live")).url).origin]) {
      const marker = await answered("Noted.");
      const id = clientId();
      await send(ada, { id, messages: [userMessage(marker, clientId(), [own(lease, origin)])] });
      expect(await promptOf(marker)).toContain(RENT);
      expect(filesOf(await load(ada, id))[0]).toMatchObject([
        { url: `/files/${lease}/content`, filename: "lease.pdf", mediaType: "application/pdf" },
      ]);
    }
  });

  it("comes as a data URL, is uploaded once, and read before it is asked about", async () => {
    const name = `lease-${clientId()}.txt`;
    const marker = await answered("Noted.");
    const body = {
      id: clientId(),
      messages: [userMessage(marker, clientId(), [filePart(dataUrl(RENT), name)])],
    };
    expect(textIn(await send(uploader, body))).toBe("Noted.");
    expect(await promptOf(marker)).toContain(RENT);
    expect(textIn(await send(uploader, body))).toBe("Noted.");
    expect(await filesNamed(name)).toHaveLength(1);
    const [stored] = await load(ada, body.id);
    expect(filesOf([stored])[0]).toMatchObject([{ type: "file", filename: name }]);
  });

  it("may be percent-encoded, and have no name", async () => {
    const marker = await answered("Noted.");
    const part = {
      type: "file",
      mediaType: "text/plain",
      url: `data:,${encodeURIComponent(RENT)}`,
    };
    await send(uploader, { id: clientId(), messages: [userMessage(marker, clientId(), [part])] });
    expect(await promptOf(marker)).toContain(RENT);
  });

  it("stays with a message whose text is edited, and goes where others take its place", async () => {
    const [lease, other] = [await newDocument(ada, [RENT]), await newDocument(ada, ["Nothing."])];
    const [id, message] = [clientId(), clientId()];
    await send(ada, { id, messages: [userMessage(await answered("A."), message, [own(lease)])] });
    const edited = await answered("B.");
    await send(ada, { id, messages: [userMessage(edited, message)] });
    expect(await promptOf(edited)).toContain(RENT);
    const replaced = await answered("C.");
    await send(ada, { id, messages: [userMessage(replaced, message, [own(other)])] });
    expect(await promptOf(replaced)).not.toContain(RENT);
  });

  it.each([
    ["https://elsewhere.example/lease.pdf", "Attach a file of yours"],
    ["/files/x/content", "Attach a file of yours"],
    ["blob:http://localhost/1", "Attach a file of yours"],
    ["data:text/plain;base64,!!!", "not encoded correctly"],
    ["data:text/plain,%E0%A4%A", "not encoded correctly"],
  ])("at %s is refused in words, and nothing is asked", async (url, wanted) => {
    const id = clientId();
    const response = await sendRaw(ada, { id, messages: [userMessage("x", id, [filePart(url)])] });
    expect([response.status, await response.text()]).toEqual([
      422,
      expect.stringContaining(wanted),
    ]);
    expect(await query("SELECT id FROM chats WHERE client_id = $1", [id])).toEqual([]);
  });

  it("is refused as by an upload where it is empty, or of no supported kind", async () => {
    const refused = async (url: string, name: string) => {
      const message = userMessage("x", clientId(), [filePart(url, name)]);
      const response = await sendRaw(uploader, { id: clientId(), messages: [message] });
      return [response.status, response.headers.get("x-problem-code")];
    };
    expect(await refused("data:text/plain;base64,", "a.txt")).toEqual([422, "empty_file"]);
    const program = dataUrl("\u007fELF\u0002\u0001\u0001\u0000", "application/octet-stream");
    expect(await refused(program, "a.out")).toEqual([415, "unsupported_file"]);
  });

  it("of another user is not found", async () => {
    const lease = await newDocument(eve, [RENT]);
    const message = userMessage("x", clientId(), [own(lease)]);
    expect((await sendRaw(ada, { id: clientId(), messages: [message] })).status).toBe(404);
  });

  it("is not uploaded with an API key that may only chat", async () => {
    const key = await newApiKey(uploader, ["chat"], { baseUrl: platformUrl });
    const body = { id: clientId(), messages: [userMessage("x", "m", [filePart(dataUrl(RENT))])] };
    const response = await sendRaw(key, body);
    expect([response.status, response.headers.get("x-problem-code")]).toEqual([
      403,
      "insufficient_scope",
    ]);
    const marker = await answered("By key.");
    expect(textIn(await send(key, { id: clientId(), messages: [userMessage(marker)] }))).toBe(
      "By key.",
    );
  });

  it("are at most twenty", async () => {
    const lease = await newDocument(ada, [RENT]);
    const files = Array.from({ length: 21 }, () => own(lease));
    const response = await sendRaw(ada, {
      id: clientId(),
      messages: [userMessage("x", "m", files)],
    });
    expect(await response.text()).toContain("at most 20 files");
  });
});

describe("an answer from a document", () => {
  it("has each citation as a source and as data, in the stream and when it is loaded", async () => {
    const lease = await newDocument(ada, [RENT]);
    const quote = "a rent of $1,500";
    const marker = await script({ kind: "answer", tokens: [`It is “${quote}” [1].`] });
    const id = clientId();
    const chunks = await send(ada, {
      id,
      messages: [userMessage(marker, clientId(), [own(lease)])],
    });
    const source = chunks.find(({ type }) => type === "source-document");
    const data = chunks.find(({ type }) => type === "data-citation");
    expect(source).toMatchObject({
      mediaType: "application/pdf",
      title: "lease.pdf",
      filename: "lease.pdf",
      providerMetadata: { indifly: { index: 1, page: 1, quote } },
    });
    expect(data).toMatchObject({
      id: source?.sourceId,
      data: { file_id: lease, quote, status: "verified" },
    });
    const types = chunks.map(({ type }) => type);
    expect(types.indexOf("source-document")).toBeGreaterThan(types.indexOf("text-end"));
    const answer = (await load(ada, id)).at(-1);
    expect(textsOf([answer])).toEqual([`It is “${quote}” [1].`]);
    expect(answer.parts).toEqual(expect.arrayContaining([source, data]));
  });

  it("goes on below with all its parts in the client's history", async () => {
    const lease = await newDocument(ada, [RENT]);
    const marker = await script({ kind: "answer", times: 1, tokens: ["“a rent of $1,500” [1]"] });
    const id = clientId();
    await send(ada, { id, messages: [userMessage(marker, clientId(), [own(lease)])] });
    const history = await load(ada, id);
    const next = await answered("Yes.");
    expect(textIn(await send(ada, { id, messages: [...history, userMessage(next)] }))).toBe("Yes.");
    expect(await promptOf(next)).toContain(RENT);
  });
});
