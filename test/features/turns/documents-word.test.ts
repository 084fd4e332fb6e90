import { beforeAll, describe, expect, it } from "vitest";
import { paragraph, wordOf } from "../../fixtures/hostile.ts";
import { type Body, type SignedIn, signUpWithFiles } from "../../support/client.ts";
import { readyFile, textOf } from "../../support/files.ts";
import { requestsContaining, script } from "../../support/provider.ts";
import { run, within } from "../../support/word.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUpWithFiles();
});

const heading = (text: string) => paragraph(text, '<w:outlineLvl w:val="0"/>');

/** A lease whose pages nobody knows, with a struck-out term and a comment. */
const LEASE = wordOf(
  heading("Payment") +
    within(
      run("The tenant pays the rent within "),
      run("thirty", "<w:strike/>"),
      run(" ten days."),
    ) +
    heading("Liability") +
    `<w:p><w:commentRangeStart w:id="1"/>${run("The landlord is liable without limit.")}<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r></w:p>`,
  {
    "word/comments.xml": `<w:comments><w:comment w:id="1" w:author="Partner">${paragraph("Cap it at one million.")}</w:comment></w:comments>`,
  },
);

describe("a question about a Word document without known pages", () => {
  it("passes headings instead of pages, and is answered with them and with regions", async () => {
    const { id } = await readyFile(ada, LEASE, "lease.docx");
    expect(await textOf(ada, id)).toBe(
      "Payment\n\nThe tenant pays the rent within ten days.\n\nLiability\n\nThe landlord is liable without limit.\n\n" +
        "[Comment by Partner on “The landlord is liable without limit.”] Cap it at one million.\n\n" +
        "[Struck out after “pays the rent within”] thirty",
    );
    const { body: shown } = await ada.get(`/files/${id}/text`);
    expect(shown.pages.map(({ page }: Body) => page)).toEqual([null]);
    expect(shown.pages[0].regions.map(({ kind }: Body) => kind)).toEqual(["comment", "struck_out"]);

    const tokens = ["“The tenant pays the rent within ten days” [1], “Cap it at one million” [1]."];
    const marker = await script({ kind: "answer", tokens });
    const { body } = await ada.post("/chat", { content: marker, file_ids: [id] });
    expect(body.ai_response.metadata.citations).toMatchObject([
      { page: null, heading: "Payment", quote: "The tenant pays the rent within ten days" },
      { page: null, heading: "Liability", quote: "Cap it at one million", region: "comment" },
    ]);
    const request = (await requestsContaining(marker)).find(({ body: sent }) => sent.stream);
    expect(request?.body.messages.at(-1)?.content).toContain(
      'file="lease.docx" heading="Payment">',
    );
  });
});
