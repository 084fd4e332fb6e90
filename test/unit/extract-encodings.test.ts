import { describe, expect, it } from "vitest";
import type { ExtractedPage } from "../../src/features/files/extract/extract.ts";
import { bytesOf } from "../fixtures/documents.ts";
import { bytesIn } from "../support/encoded.ts";
import { extract } from "../support/extracted.ts";

/** Clauses as they stand in leases and contracts of these countries. */
const CLAUSES = [
  [
    "windows-1250",
    "Najemca zobowiązuje się płacić czynsz do dziesiątego dnia każdego miesiąca. Wypowiedzenie umowy następuje na piśmie pod rygorem nieważności.",
  ],
  [
    "windows-1250",
    "Nájemce je povinen platit nájemné měsíčně předem. Smlouvu lze vypovědět písemně, výpovědní lhůta činí tři měsíce a začíná běžet prvním dnem příštího měsíce.",
  ],
  [
    "iso-8859-2",
    "A bérlő köteles a bérleti díjat minden hónap ötödik napjáig megfizetni. A szerződés megszűnése esetén a helyiséget kiürítve köteles visszaadni, őszig legkésőbb.",
  ],
  [
    "windows-1251",
    "Арендатор обязуется вносить арендную плату ежемесячно, не позднее пятого числа. Договор может быть расторгнут по соглашению сторон.",
  ],
  [
    "koi8-r",
    "Арендатор обязуется вносить арендную плату ежемесячно, не позднее пятого числа. Договор может быть расторгнут по соглашению сторон.",
  ],
  [
    "windows-1252",
    "Le locataire s’engage à payer le loyer d’avance, au plus tard le cinq de chaque mois. À défaut, le bail sera résilié de plein droit après mise en demeure restée sans effet.",
  ],
  [
    "windows-1252",
    "Der Mieter ist verpflichtet, die Miete monatlich im Voraus zu zahlen. Die Kündigung bedarf der Schriftform; mündliche Nebenabreden bestehen nicht. Gemäß § 5 trägt er die Kosten.",
  ],
  [
    "macintosh",
    "Le locataire s’engage à payer le loyer d’avance, au plus tard le cinq de chaque mois. À défaut, le bail sera résilié de plein droit après mise en demeure restée sans effet.",
  ],
  [
    "windows-1253",
    "Ο μισθωτής υποχρεούται να καταβάλλει το μίσθωμα εντός των πρώτων πέντε ημερών κάθε μήνα. Η σύμβαση λύεται με έγγραφη καταγγελία.",
  ],
  [
    "windows-1254",
    "Kiracı, kira bedelini her ayın beşinci gününe kadar ödemekle yükümlüdür. Sözleşme yazılı bildirimle feshedilebilir; aksi halde aynı şartlarla bir yıl uzamış sayılır.",
  ],
  [
    "windows-1255",
    "השוכר מתחייב לשלם את דמי השכירות עד החמישי בכל חודש. כל שינוי בהסכם זה ייעשה בכתב ובחתימת שני הצדדים.",
  ],
  [
    "windows-1256",
    "يلتزم المستأجر بدفع الأجرة في موعد أقصاه اليوم الخامس من كل شهر. ولا يجوز فسخ العقد إلا كتابة وبموافقة الطرفين.",
  ],
  [
    "shift_jis",
    "賃借人は、毎月末日までに翌月分の賃料を支払うものとする。本契約は、書面による合意によってのみ変更することができる。",
  ],
  [
    "euc-jp",
    "賃借人は、毎月末日までに翌月分の賃料を支払うものとする。本契約は、書面による合意によってのみ変更することができる。",
  ],
  ["gbk", "承租人应于每月五日前支付租金。本合同自双方签字之日起生效，未经书面同意不得变更。"],
  ["big5", "承租人應於每月五日前支付租金。本合約自雙方簽字之日起生效，未經書面同意不得變更。"],
  [
    "euc-kr",
    "임차인은 매월 오일까지 차임을 지급하여야 한다. 이 계약은 서면에 의한 합의로만 변경할 수 있다.",
  ],
  ["utf-16le", "The lessee shall pay the rent on the fifth day of each month.\nNo oral changes."],
  ["utf-16be", "Арендатор обязуется вносить арендную плату ежемесячно.\nДоговор расторгнут."],
  [
    "utf-16le",
    "承租人应于每月五日前支付租金。\n本合同自双方签字之日起生效，\n未经书面同意不得变更。",
  ],
] as const;

const unreadableIn = (pages: ExtractedPage[]) =>
  pages.reduce((sum, { unreadable }) => sum + unreadable, 0);

describe("A text that says nothing of its encoding is read as it was written", () => {
  it.each(CLAUSES)("in %s: %s", async (encoding, clause) => {
    const { text, pages } = await extract(bytesIn(clause, encoding), "a.txt");
    expect(text).toBe(clause);
    expect(unreadableIn(pages)).toBe(0);
  });

  it.each([
    "The Landlord’s “Premises” are let.",
    "The rent is £500 per month.",
    "See § 5 of the Act and Müller GmbH.",
    "© 2020 Acme",
    "10 m² at ½ price, 5 µm – or café",
    "• item one\n• item two…",
  ])("in English with few other signs: %s", async (text) => {
    expect((await extract(bytesIn(text, "windows-1252"), "a.txt")).text).toBe(text);
  });

  it("in the seven bits of Japanese mail", async () => {
    const bytes = bytesOf("Rent: \x1b$B2HDB\x1b(B 5\n");
    expect((await extract(bytes, "a.txt")).text).toBe("Rent: 家賃 5\n");
  });

  it("behind a long text in ASCII, in one line, in any chunks", async () => {
    const text = `${"All of it is ASCII. ".repeat(20_000)}Najemca zobowiązuje się płacić czynsz do dziesiątego dnia każdego miesiąca.`;
    const read = await extract(bytesIn(text, "windows-1250"), "a.txt", { chunkSize: 997 });
    expect(read.text).toBe(text);
  });

  it("of Japanese without blanks, longer than what is looked at", async () => {
    const text = "賃借人は、毎月末日までに翌月分の賃料を支払うものとする。".repeat(2_000);
    expect((await extract(bytesIn(text, "shift_jis"), "a.txt")).text).toBe(text);
  });

  it("in UTF-8 of which a byte is broken, and that is counted", async () => {
    const bytes = bytesOf(`Złącze – ${"każdego miesiąca, ".repeat(20)}ż`);
    bytes[bytes.length - 1] = 0x20;
    const { text, pages } = await extract(bytes, "a.txt");
    expect(text.startsWith("Złącze – każdego")).toBe(true);
    expect(text.endsWith("\uFFFD ")).toBe(true);
    expect(unreadableIn(pages)).toBe(1);
  });
});

describe("A text that may be of several encodings", () => {
  const ambiguous = bytesIn("שלום", "windows-1255");

  it("fails, and says which", async () => {
    await expect(extract(ambiguous, "a.txt")).rejects.toMatchObject({
      code: "unknown_encoding",
      candidates: expect.arrayContaining(["windows-1255", "windows-1251"]),
    });
  });

  it("is read in the one that is named", async () => {
    const { text } = await extract(ambiguous, "a.txt", { encoding: "windows-1255" });
    expect(text).toBe("שלום");
  });

  it("is read by its mark, whatever is named", async () => {
    const { text } = await extract(bytesOf("\uFEFFcafé"), "a.txt", { encoding: "koi8-r" });
    expect(text).toBe("café");
  });
});
