import { beforeAll, describe, expect, inject, it } from "vitest";
import { createDb } from "../../../src/db/client.ts";
import { findPassages } from "../../../src/features/retrieval/find.ts";
import { type Body, platformUrl, type SignedIn, signUp } from "../../support/client.ts";
import { newDocument } from "../../support/documents.ts";
import { readyFile } from "../../support/files.ts";
import { indexDocument } from "../../support/indexing.ts";
import { query } from "../../support/postgres.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

async function indexedFile(text: string, name = "document.txt"): Promise<string> {
  const id = await newDocument(ada, [text], { name });
  await indexDocument(id);
  return id;
}

async function hitsOf(fileId: string, q: string, of = ada): Promise<Body[]> {
  const asked = new URLSearchParams({ q, file_id: fileId });
  const { status, body } = await of.get(`/search?${asked.toString()}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.hits;
}

const GERMAN =
  "Der Vermieter ist nicht verpflichtet, die Mängel der Straße zu beheben, und die Kündigung des Mieters ist für das Gebäude nicht zulässig.";
const FRENCH =
  "Le dépôt de garantie est restitué au locataire dans un délai de deux mois, et la résiliation du bail par le bailleur est notifiée par lettre recommandée.";

/** Text, query, and what the snippet marks. */
const FOUND: [string, string, string, string][] = [
  ["Chinese", "出租人应在三十日内退还押金。", "押金", "<mark>押金</mark>"],
  ["more of Chinese", "出租人应在三十日内退还押金。", "退还押金", "<mark>退还押金</mark>"],
  ["one Chinese character", "出租人应在三十日内退还押金。", "租", "<mark>租</mark>"],
  [
    "a Chinese word across the end of a line",
    "出租人应在三十日内退还押\n金。",
    "押金",
    "<mark>押金</mark>",
  ],
  ["Japanese", "借主は敷金を返還される権利がある。", "敷金", "<mark>敷金</mark>"],
  ["Japanese with kana", "契約の更新をお申し込みください。", "申し込み", "<mark>申し込み</mark>"],
  ["katakana of half width", "ﾌﾞﾛｯｸの契約", "ブロック", "<mark>ﾌﾞﾛｯｸ</mark>"],
  ["Thai", "ผู้ให้เช่าจะคืนเงินประกันแก่ผู้เช่า", "เงินประกัน", "<mark>เงินประกัน</mark>"],
  ["Lao", "ຜູ້ໃຫ້ເຊົ່າຈະຄືນເງິນມັດຈຳ", "ເງິນມັດຈຳ", "<mark>ເງິນມັດຈຳ</mark>"],
  ["Khmer", "ម្ចាស់ផ្ទះត្រូវប្រគល់ប្រាក់កក់វិញ", "ប្រាក់កក់", "<mark>ប្រាក់កក់</mark>"],
  ["Myanmar", "အိမ်ရှင်သည်စာချုပ်ကိုဖျက်နိုင်သည်", "စာချုပ်", "<mark>စာချုပ်"],
  ["Korean with a particle", "임대인은 보증금을 반환한다.", "보증금", "<mark>보증금</mark>을"],
  [
    "Korean by another particle",
    "임대인은 보증금을 반환한다.",
    "보증금은",
    "<mark>보증금</mark>을",
  ],
  ["decomposed Korean", "보증금을 반환".normalize("NFD"), "보증금", "<mark>보증금</mark>"],
  ["Arabic with its article", "يلتزم المؤجر برد العقد", "عقد", "<mark>عقد</mark>"],
  ["Arabic without its article", "هذا عقد إيجار", "العقد", "<mark>عقد</mark>"],
  ["Arabic with its vowels", "وُقِّعَ العَقْدُ أمس", "العقد", "<mark>العَقْد"],
  ["Arabic by its vowels", "وقع العقد أمس", "العَقْدُ", "<mark>العقد</mark>"],
  ["Hebrew with a prefix", "המשכיר יחזיר את הפיקדון לשוכר", "פיקדון", "ה<mark>פיקדון</mark>"],
  ["Hebrew with its points", "חוֹזֶה שכירות", "חוזה", "<mark>חוֹזֶה</mark>"],
  ["Hindi", "किरायेदार जमा राशि देगा", "राशि", "<mark>राशि</mark>"],
  ["German without diacritics", GERMAN, "kundigung", "<mark>Kündigung</mark>"],
  ["German in another form", GERMAN, "MANGELS", "<mark>Mängel</mark>"],
  ["German with diacritics in another form", GERMAN, "Gebäudes", "<mark>Gebäude</mark>"],
  ["a sharp s", GERMAN, "STRASSE", "<mark>Straße</mark>"],
  ["French without diacritics", FRENCH, "depot", "<mark>dépôt</mark>"],
  ["French in another form", FRENCH, "délais", "<mark>délai</mark>"],
  ["French in another form without diacritics", FRENCH, "delais", "<mark>délai</mark>"],
  ["decomposed French", FRENCH.normalize("NFD"), "résiliation", "<mark>résiliation</mark>"],
  ["diacritics that the text has not", "Please send a resume.", "résumé", "<mark>resume</mark>"],
  ["a loan word", "The candidate sends her résumé to us.", "resume", "<mark>résumé</mark>"],
  ["Vietnamese", "Bên thuê trả tiền đặt cọc.", "dat coc", "<mark>đặt</mark> <mark>cọc</mark>"],
  ["Czech", "Nájemce složí jistotu při podpisu smlouvy.", "slozi", "<mark>složí</mark>"],
  ["Polish", "Umowa najmu lokalu w Łodzi", "lodzi", "<mark>Łodzi</mark>"],
  ["Greek", "Η ΣΥΜΒΑΣΗ της μίσθωσης λήγει.", "σύμβαση", "<mark>ΣΥΜΒΑΣΗ</mark>"],
  ["Greek without accents", "Ο όρος της μίσθωσης λήγει.", "μισθωσησ", "<mark>μίσθωσης</mark>"],
  ["Turkish", "KİRACI ve sözleşme için bir depozito", "kiracı", "<mark>KİRACI</mark>"],
  [
    "Turkish without diacritics",
    "Bu sözleşme ve kira için bir bedel",
    "sozlesme",
    "<mark>sözleşme</mark>",
  ],
  ["Cyrillic", "Договор аренды: счёт и не более", "СЧЕТ", "<mark>счёт</mark>"],
  ["full width", "ＡＢＣ　ｃｏｎｔｒａｃｔ", "contract", "<mark>ｃｏｎｔｒａｃｔ</mark>"],
  ["a ligature", "The oﬃce lease", "office", "<mark>oﬃce</mark>"],
  ["a soft hyphen", "the inden\u00adture", "indenture", "<mark>inden\u00adture</mark>"],
  ["a blank of no width", "the inden\u200bture", "indenture", "<mark>inden\u200bture</mark>"],
  ["a soft hyphen of the search", "the indenture", "inden\u00adture", "<mark>indenture</mark>"],
  ["a part of an e-mail address", "Write to user@example.com", "example", "<mark>example</mark>"],
  [
    "a whole e-mail address",
    "Write to user@example.com",
    "user@example.com",
    "<mark>user</mark>@<mark>example</mark>.<mark>com</mark>",
  ],
  [
    "a part of a web address",
    "See https://court.example/forms/a1?x=tenancy",
    "tenancy",
    "<mark>tenancy</mark>",
  ],
  ["a part of a path and a name", "in /srv/draft_lease-v2.docx", "lease", "<mark>lease</mark>"],
];

describe("a search over documents", () => {
  it.each(FOUND)("finds %s, and marks it", async (_, text, q, marked) => {
    const fileId = await indexedFile(text);
    const hits = await hitsOf(fileId, q);
    expect(hits).toHaveLength(1);
    expect(hits[0]?.file_id).toBe(fileId);
    expect(hits[0]?.snippet).toContain(marked);
  });

  it.each([
    ["出租人应在三十日内退还押金。", "房客"],
    ["임대인은 보증인을 부른다.", "보증금"],
    ["قد يلتزم المؤجر برد الثمن", "عقد"],
    ["The candidate sends a letter.", "résumé"],
  ])("finds in %j no %s", async (text, q) => {
    expect(await hitsOf(await indexedFile(text), q)).toEqual([]);
  });

  it("finds words of an uploaded document, whatever its encoding", async () => {
    const uploader = await signUp("Uploader", platformUrl);
    const text = `\ufeff出租人应在三十日内退还押金。\n\nDie Kündigung an user@example.com`;
    for (const encoding of ["utf8", "utf16le"] as const) {
      const { id } = await readyFile(uploader, Buffer.from(text, encoding), `${encoding}.txt`);
      for (const q of ["押金", "kundigung", "example"])
        expect(await hitsOf(id, q, uploader)).toHaveLength(1);
    }
  });

  it("supports phrases and exclusions in scripts without spaces too", async () => {
    const fileId = await indexedFile("出租人退还押金。");
    expect(await hitsOf(fileId, '"退还押金"')).toHaveLength(1);
    expect(await hitsOf(fileId, '"押金退还"')).toEqual([]);
    expect(await hitsOf(fileId, "出租人 -租金")).toHaveLength(1);
    expect(await hitsOf(fileId, "出租人 -押金")).toEqual([]);
  });
});

describe("a question about documents", () => {
  const { DATABASE_URL = "", DATABASE_HTTP_URL = "" } = inject("vars");
  const db = createDb({ DATABASE_URL, DATABASE_HTTP_URL });
  const ask = async (fileIds: string[], asked: string) =>
    (await findPassages(db, ada.user.id, { query: asked, fileIds, limit: 1 })).passages[0]?.text;

  it.each([
    [
      "Chinese",
      "第一条\n\n承租人每月支付租金。\n\n第二条\n\n出租人应在三十日内退还押金。",
      "请问房东什么时候退还押金？谢谢。",
      "退还押金",
    ],
    [
      "Thai",
      "ข้อ 1\n\nผู้เช่าชำระค่าเช่าทุกเดือน\n\nข้อ 2\n\nผู้ให้เช่าจะคืนเงินประกัน",
      "เงินประกันจะได้คืนเมื่อไร",
      "เงินประกัน",
    ],
    [
      "Korean",
      "제1조\n\n임차인은 차임을 지급한다.\n\n제2조\n\n임대인은 보증금을 반환한다.",
      "보증금은 언제 돌려받나요?",
      "보증금",
    ],
    [
      "French without diacritics",
      `ARTICLE 1\n\nLe loyer est payé par le locataire.\n\nARTICLE 2\n\n${FRENCH}`,
      "Comment resilier le bail?",
      "résiliation",
    ],
  ])("is answered from the passage that matches it: %s", async (_, text, asked, found) => {
    const whole = `${text}\n`.replaceAll("\n\n", `\n\n${"-".repeat(450)}\n\n`);
    expect(await ask([await indexedFile(whole)], asked)).toContain(found);
  });

  it("may name the document without its diacritics", async () => {
    const text = "Die Frist beträgt drei Monate.";
    const files = [
      await indexedFile(text, "Müller.txt".normalize("NFD")),
      await indexedFile(text, "Schäfer.txt"),
    ];
    for (const [index, name] of ["Muller", "Schafer", "MÜLLER", "Schäfer"].entries()) {
      const asked = { query: `${name}: Frist?`, fileIds: files, limit: 1 };
      const { passages } = await findPassages(db, ada.user.id, asked);
      expect(passages[0]?.fileId, name).toBe(files[index % 2]);
    }
  });
});

it("A word of a document counts once, though it is indexed in two forms", async () => {
  const [plain, marked] = [
    await indexedFile("The depot of the debtor"),
    await indexedFile("The dépot of the debtor"),
  ];
  const termsOf = async (fileId: string) =>
    query(
      "SELECT term, postings FROM passage_terms WHERE file_id = $1 AND term !~ '^@' ORDER BY term",
      [fileId],
    );
  expect(await termsOf(marked)).toEqual(await termsOf(plain));
});

it("A document whose text grows most in its normal form is indexed", async () => {
  for (const piece of ["\ufdfa", "押", "a\u0301", "\u0301", "한글 "]) {
    const fileId = await indexedFile(piece.repeat(4_000));
    const [row] = await query("SELECT passages FROM indexed_files WHERE file_id = $1", [fileId]);
    expect(Number(row?.passages)).toBeGreaterThan(0);
  }
});
