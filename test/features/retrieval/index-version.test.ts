import { createHash } from "node:crypto";
import { expect, inject, it } from "vitest";
import { createDb } from "../../../src/db/client.ts";
import { INDEX_VERSION } from "../../../src/features/retrieval/indexing/index-version.ts";
import { indexFile } from "../../../src/features/retrieval/store.ts";
import { codePointLength } from "../../../src/lib/code-points.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { query } from "../../support/postgres.ts";

/** What the index of the documents below is in a version. Never change the digest of a version that was deployed. */
const PINNED = {
  version: 2,
  digest: "f7deeb98baee41e54de98258ab576e6f71ddfef354f43fa98e98585fb9439b0a",
};

const REMEDY =
  "The index of a fixed document has changed. Raise INDEX_VERSION by one, so that the indexes of all files are made again, and pin its digest here.";

type Sample = {
  name: string;
  text: string;
  headings?: { start: number; end: number; level: number }[];
};

/** Of every kind that the index treats in a way of its own. */
const SAMPLES: Sample[] = [
  {
    name: "Share Purchase Agreement (executed) 2024-03.pdf",
    text: `SHARE PURCHASE AGREEMENT

This Agreement is made on 3 March 2024 between Alder Holdings plc (the "Seller") and Quill Press Inc. ("Buyer").

ARTICLE I
DEFINITIONS

1.1 "Affiliate" means, of any person, a person that controls it. "Losses" has the meaning given in Section 7.2.

1.2 Interpretation. Words in the singular include the plural, and vice versa; see Schedule B, paragraph 4(a).

7. INDEMNITIES

7.2.1 The Seller shall indemnify the Buyer's Affiliates against all Losses of more than US$1,000,000.00 (10⁶), whether or not fore-
seeable, within thirty (30) days. Notices go to notices@quill.example or https://quill.example/notices?to=legal.

SCHEDULE B
Disclosed matters

(a) the naïve café résumé; (b) Müller & Söhne GmbH v. O'Brien; (c) the co-operation of 3M's non-U.S. subsidiaries.
`,
    headings: [{ start: 0, end: 24, level: 1 }],
  },
  {
    name: "Kündigung_Mietvertrag.docx",
    text: `MIETVERTRAG

§ 1 Mietsache. Der Vermieter vermietet dem Mieter die Wohnung im zweiten Stock der Grünstraße 5.

§ 2 Kündigungsfristen. (1) Die Kündigung ist nur mit einer Frist von drei Monaten zulässig und muss schriftlich erklärt werden.
`,
  },
  {
    name: "bail commercial.txt",
    text: `BAIL COMMERCIAL

Article 3 – Loyer. Le preneur s'engage à payer un loyer annuel de 24 000 € hors taxes, indexé chaque année.

Article 4 – Résiliation. Chacune des parties peut résilier le bail à l'expiration d'une période de trois ans.
`,
  },
  {
    name: "合同.txt",
    text: "第一条 甲方应当在三十日内支付货款。\n\n第二条 本合同适用中华人民共和国法律。\n",
  },
  {
    name: "عقد.txt",
    text: "المادة الأولى: يلتزم الطرف الأول بدفع الأجرة.\n\nالمادة الثانية: يخضع هذا العقد للقانون.\n",
  },
  {
    name: "စာချုပ်.txt",
    text: "၁။ ငှားရမ်းသူသည် လစဉ် ငှားရမ်းခပေးရမည်။ ၂။ စာချုပ်ကို တစ်နှစ်ချုပ်ဆိုသည်။\n",
  },
  {
    name: "schedule of rooms.csv",
    text: `Room\tUse\n${Array.from({ length: 5 }, (_, n) => `${n}\t${"z".repeat(n)} ${"the tenant may ".repeat(60)}`).join("\n")}\n`,
  },
  {
    name: "many clauses.txt",
    text: Array.from(
      { length: 450 },
      (_, i) => `${i + 1}. Clause ${i} lets the tenant ${"pay in part, ".repeat(i % 40)}or leave.`,
    ).join("\n\n"),
  },
];

async function store(of: SignedIn, { name, text, headings = [] }: Sample): Promise<string> {
  const id = crypto.randomUUID();
  await query(
    `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status, created_at,
       ingestion_attempt)
     VALUES ($1::uuid, $2, $3, 'files/' || $1, '/files/' || $1 || '/content', 1, 'text/plain', 'processing', now(), 1)`,
    [id, of.user.id, name],
  );
  const pages = [text.slice(0, 300), text.slice(300)];
  const middle = codePointLength(pages[0] ?? "");
  await query(
    `INSERT INTO file_pages (file_id, part, page, start_offset, end_offset, text, headings)
     VALUES ($1, 0, 1, 0, $2, $4, $6), ($1, 1, 2, $2, $3, $5, '[]')`,
    [id, middle, codePointLength(text), ...pages, JSON.stringify(headings)],
  );
  return id;
}

async function indexOf(fileId: string): Promise<unknown[]> {
  const of = (rest: string) => query(rest, [fileId]);
  return [
    await of("SELECT language, passages FROM indexed_files WHERE file_id = $1"),
    await of(
      "SELECT ordinal, start_offset, end_offset, page, headings, text FROM passages WHERE file_id = $1 ORDER BY ordinal",
    ),
    await of(
      'SELECT term, part, postings FROM passage_terms WHERE file_id = $1 ORDER BY term COLLATE "C", part',
    ),
  ];
}

it("The index of a text changes only with the version, by which the cron knows which to make again", async () => {
  const { DATABASE_URL = "", DATABASE_HTTP_URL = "" } = inject("vars");
  const deps = { db: createDb({ DATABASE_URL, DATABASE_HTTP_URL }), clock: Date.now };
  const ada = await signUp();
  const hash = createHash("sha256");
  for (const sample of SAMPLES) {
    const fileId = await store(ada, sample);
    expect(await indexFile(deps, { fileId, ingestionAttempt: 1 })).toBe("done");
    hash.update(JSON.stringify(await indexOf(fileId)));
  }
  expect({ version: INDEX_VERSION, digest: hash.digest("hex") }, REMEDY).toEqual(PINNED);
});
