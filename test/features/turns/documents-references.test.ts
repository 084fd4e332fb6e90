import { beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { newDocument, setStatus, textBetween } from "../../support/documents.ts";
import { indexDocument } from "../../support/indexing.ts";
import { callsContaining } from "../../support/postgres.ts";
import { answersContaining, release, requestsContaining, script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";

const WORDS = "party notice shall deliver written goods within period schedule agreed terms".split(
  " ",
);

/** A clause without relevant content. */
const filler = (number: number) =>
  `${number}. ${Array.from({ length: 60 }, (_, n) => WORDS[(number * 7 + n * (1 + (number % 5))) % WORDS.length]).join(" ")}.`;

const PENALTY = "The Supplier forfeits a penalty for each week of delay, subject to Section 801.3.";
const LIMIT =
  "801.3 No sum under this heading ever exceeds four tulip bulbs, whatever their colour.";
const BEHIND = "801.4 Tulips are counted in spring.";

function pagesWith(penalty: string, ...others: string[]): string[] {
  const pages = Array.from({ length: 80 }, (_, page) =>
    Array.from({ length: 9 }, (_, n) => filler(page * 9 + n + 1)),
  );
  pages[41]?.splice(4, 0, `377A. Penalties. ${penalty}`);
  pages[70]?.push(...others);
  return pages.map((clauses) => `${clauses.join("\n\n")}\n\n`);
}

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

async function longDocument(pages: string[], name = "supply.pdf"): Promise<string> {
  const id = await newDocument(ada, pages, { name, status: "processing" });
  await indexDocument(id);
  await setStatus(id, "ready");
  return id;
}

async function promptOf(ids: string[]): Promise<string> {
  const marker = await script({ tokens: ["None."] });
  const chatId = await newChat(ada, { auto_title: false });
  const content = `Which penalty does the Supplier forfeit? ${marker}`;
  const { status } = await ada.post(`/chats/${chatId}/messages`, { content, file_ids: ids });
  expect(status).toBe(200);
  return (await requestsContaining(marker)).at(-1)?.body.messages.at(-1)?.content ?? "";
}

describe("a clause that refers to another clause", () => {
  it("comes with that clause, whose words the question does not have", async () => {
    const prompt = await promptOf([await longDocument(pagesWith(PENALTY, LIMIT, BEHIND))]);
    expect(prompt).toContain(PENALTY);
    expect(prompt).toContain("four tulip bulbs");
  });

  it("comes with it without a further trip, and the other clause can be cited", async () => {
    const id = await longDocument(pagesWith(PENALTY, LIMIT));
    const quote = "No sum under this heading ever exceeds four tulip bulbs";
    const marker = await script({ tokens: [`“${quote}” [1]`], holdAfter: 0 });
    const chatId = await newChat(ada, { auto_title: false });
    const trips = async () =>
      (await callsContaining(ada.user.id)).filter(
        ({ body }) => !(body.startsWith('{"query"') && body.includes("INSERT INTO ai_usage")),
      ).length;
    const before = await trips();
    const content = `Which penalty does the Supplier forfeit? ${marker}`;
    const turn = ada.post(`/chats/${chatId}/messages`, { content, file_ids: [id] });
    await until(async () => (await answersContaining(marker)).length === 1);
    // One that begins the turn, and the searches for the user's own words and for the model's queries.
    expect((await trips()) - before).toBe(3);
    await release(marker);
    const { body } = await turn;
    const [citation] = body.ai_response.metadata.citations;
    expect(citation).toMatchObject({ page: 71, quote });
    expect(await textBetween(id, citation.start, citation.end)).toBe(quote);
  });

  it("never comes with the clause of that number of another document", async () => {
    const other = await longDocument(pagesWith("Nothing.", LIMIT), "other.pdf");
    const own = await longDocument(pagesWith(PENALTY), "own.pdf");
    expect(await promptOf([own])).not.toContain("tulip");
    expect(await promptOf([own, other])).not.toContain("tulip");
  });

  it("leads to a bounded part of the document, whatever it refers to", async () => {
    const circular = Array.from(
      { length: 900 },
      (_, n) =>
        `${1000 + n}. Penalty. The Supplier forfeits a penalty subject to Sections ${Array.from({ length: 8 }, (_, m) => 1000 + ((n + m * 100 + 1) % 900)).join(", ")}. ${"More of it. ".repeat(20)}`,
    );
    const prompt = await promptOf([await longDocument(pagesWith(PENALTY, ...circular))]);
    expect(prompt.length).toBeLessThan(30_000);
    const links = prompt.match(/\d{4}\. Penalty\./g) ?? [];
    expect(links.length).toBeLessThanOrEqual(24 + 12);
  });
});

describe("a row in the midst of a table", () => {
  it("comes with the names of its columns", async () => {
    const rows = Array.from({ length: 10_000 }, (_, n) => `Part ${n}\t${n} kg\tbin ${n % 7}`);
    rows[7_000] = "Penalty for the Supplier\t12 kg\tforfeit";
    const table = `Name\tWeight\tBin\n${rows.join("\n")}\n`;
    const prompt = await promptOf([await longDocument([table], "parts.docx")]);
    const shown = prompt.match(/<passage-[^<>]*>(?=[^<>]*Penalty for the Supplier)/)?.[0];
    expect(shown).toContain('page="1" columns="Name | Weight | Bin"');
  });
});
