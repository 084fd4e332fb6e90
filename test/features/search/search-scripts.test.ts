import { beforeAll, describe, expect, it } from "vitest";
import { foldText } from "../../../src/lib/fold-text.ts";
import { newChat, say } from "../../support/chats.ts";
import { type Body, type SignedIn, signUp } from "../../support/client.ts";
import { query } from "../../support/postgres.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

async function hitsOf(chatId: string, q: string): Promise<Body[]> {
  const asked = new URLSearchParams({ q, scope: "messages", chat_id: chatId });
  return (await ada.get(`/search?${asked.toString()}`)).body.hits;
}

const byName = (a: string, b: string) => a.localeCompare(b);

/** Text, query, and what the snippet marks. */
const FOUND: [string, string, string, string][] = [
  ["Chinese", "请问房东什么时候退还押金？", "押金", "<mark>押金</mark>"],
  ["more of Chinese", "请问房东什么时候退还押金？", "退还押金", "<mark>退还押金</mark>"],
  ["one Chinese character", "请问房东什么时候退还押金？", "金", "<mark>金</mark>"],
  ["Japanese", "敷金はいつ返金されますか", "敷金", "<mark>敷金</mark>"],
  ["half-width kana", "ﾌﾞﾛｯｸの契約", "ブロック", "<mark>ﾌﾞﾛｯｸ</mark>"],
  ["Thai", "ผู้ให้เช่าจะคืนเงินประกันเมื่อไร", "เงินประกัน", "<mark>เงินประกัน</mark>"],
  ["Korean with a particle", "보증금을 언제 돌려받나요?", "보증금", "<mark>보증금</mark>"],
  ["decomposed Korean", "보증금을 언제".normalize("NFD"), "보증금", "<mark>보증금</mark>"],
  ["Arabic with its article", "متى أسترد العقد؟", "عقد", "<mark>عقد</mark>"],
  ["Arabic with its vowels", "وُقِّعَ العَقْدُ أمس", "العقد", "<mark>العَقْد"],
  ["Hebrew with a prefix", "מתי יוחזר הפיקדון?", "פיקדון", "<mark>פיקדון</mark>"],
  [
    "Latin without diacritics",
    "Die Kündigungsfrist läuft",
    "kundigungsfrist",
    "<mark>Kündigungsfrist</mark>",
  ],
  ["Latin with them", "Die Kundigungsfrist", "KÜNDIGUNGSFRIST", "<mark>Kundigungsfrist</mark>"],
  ["decomposed Latin", "le de\u0301po\u0302t est rendu", "dépôt", "<mark>dépôt</mark>"],
  ["letters with strokes", "Umowa z Łodzi", "lodzi", "<mark>Łodzi</mark>"],
  ["a sharp s", "Straße des Vermieters", "STRASSE", "<mark>Straße</mark>"],
  ["Greek capitals", "ΣΥΜΒΑΣΗΣ", "συμβάσης", "<mark>ΣΥΜΒΑΣΗΣ</mark>"],
  ["Cyrillic", "Договор аренды: счёт", "СЧЕТ", "<mark>счёт</mark>"],
  ["full width", "ＡＢＣ　ｃｏｎｔｒａｃｔ", "contract", "<mark>ｃｏｎｔｒａｃｔ</mark>"],
  ["a ligature", "The oﬃce lease", "office", "<mark>oﬃce</mark>"],
  ["a soft hyphen", "the inden\u00adture", "indenture", "<mark>inden\u00adture</mark>"],
  [
    "a part of an e-mail address",
    "Write to user@example.com today",
    "example",
    "<mark>example</mark>",
  ],
  [
    "a part of a web address",
    "See https://court.example/forms/a1?x=tenancy",
    "tenancy",
    "<mark>tenancy</mark>",
  ],
  ["a part of a path and a name", "in /srv/draft_lease-v2.docx", "lease", "<mark>lease</mark>"],
];

describe("a search over messages", () => {
  it.each(FOUND)("finds %s, and marks it", async (_, content, q, marked) => {
    const chatId = await newChat(ada);
    const id = await say(ada, chatId, content);
    await say(ada, chatId, "Something else: 合同 계약 عمل");
    const hits = await hitsOf(chatId, q);
    expect(hits.map(({ message_id }) => message_id)).toEqual([id]);
    expect(hits[0]?.snippet).toContain(marked);
  });

  it("shows the hit of a long text without spaces", async () => {
    const chatId = await newChat(ada);
    await say(ada, chatId, `${"合同条款说明".repeat(2_000)}退还押金${"其他内容".repeat(1_000)}`);
    const [hit] = await hitsOf(chatId, "押金");
    expect(hit?.snippet).toContain("<mark>押金</mark>");
  });

  it("supports exclusions and alternatives in them too", async () => {
    const chatId = await newChat(ada);
    const both = await say(ada, chatId, "房东退还押金");
    const rent = await say(ada, chatId, "房东收取租金");
    const find = async (q: string) =>
      (await hitsOf(chatId, q)).map(({ message_id }) => message_id).toSorted(byName);
    expect(await find("房东 -押金")).toEqual([rent]);
    expect(await find("房东 -退还押金")).toEqual([rent]);
    expect(await find("-押金退还")).toEqual([both, rent].toSorted(byName));
    expect(await find("租金 or 押金")).toEqual([both, rent].toSorted(byName));
    expect(await find('"房东退还"')).toEqual([both]);
    expect(await find("房客")).toEqual([]);
  });
});

it.each([
  ["请问押金", "押金"],
  ["Kündigung der Wohnung", "kundigung"],
  ["Résumé of ＦＵＬＬ width", "resume of full"],
  ["100%_sure", "０%_S"],
])("The title %j is found by %j", async (title, search) => {
  const chatId = await newChat(ada, { title });
  const { body } = await ada.get(`/chats?search=${encodeURIComponent(search)}`);
  expect(body.chats.map(({ id }: { id: string }) => id)).toContain(chatId);
  expect((await ada.get(`/chats?search=${encodeURIComponent(`${search}x`)}`)).body.chats).toEqual(
    [],
  );
});

describe("the words of a message", () => {
  it("have the form that a search has, whatever the characters", async () => {
    const text = FOUND.flatMap(([, content, q]) => [content, q]).join(" ");
    const latin = Array.from({ length: 0x500 }, (_, index) => String.fromCodePoint(index + 0x20));
    const given = [text, latin.join(""), "İstanbul ﷺ ㌀ ½ ²"];
    const rows = await query(
      "SELECT fold_text(given) AS folded FROM json_array_elements_text($1::json) AS given",
      [JSON.stringify(given)],
    );
    expect(rows.map(({ folded }) => folded)).toEqual(given.map(foldText));
  });

  it("take time linear in the text, whatever it repeats", { timeout: 300_000 }, async () => {
    const plain = await fastest("word and ");
    const pieces =
      "1_ a_ ~/ <!-- a@b. 1. 1e5 -1 http:// 押 押a \ufdfa ا 한 é \u0301 &#1 a- <a 1e+ /a.b x@ 1/ 🜁 _ . 1 a".split(
        " ",
      );
    for (const piece of pieces) expect(await fastest(piece), piece).toBeLessThan(60 * plain);
  });
});

/** Milliseconds inside Postgres, of the fastest of three runs over 32,000 characters. */
async function fastest(piece: string): Promise<number> {
  const text = piece.repeat(Math.ceil(32_000 / piece.length));
  const times: number[] = [];
  for (let run = 0; run < 3; run++) {
    const [row] = await query(
      `SELECT extract(epoch FROM clock_timestamp() - before) * 1000 AS ms FROM (
         SELECT clock_timestamp() AS before, message_tsvector($1) AS words OFFSET 0) AS timed
       WHERE words IS NOT NULL`,
      [text],
    );
    times.push(Number(row?.ms));
  }
  return Math.min(...times);
}
