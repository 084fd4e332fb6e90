/** A report to print or to keep. */
import { toast } from "../app/toast.tsx";
import { Button } from "../ui/button.tsx";
import type { Report } from "./report.ts";
import { saveFile } from "./save-file.ts";

type ReportDownloadsProps = { report: Report; fileName: string };

const WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

export function ReportDownloads({ report, fileName }: ReportDownloadsProps) {
  const name = `${fileName.replace(/\.\w+$/, "")} - analysis`;
  const saveMarkdown = async () => {
    const { toMarkdown } = await import("./to-markdown.ts");
    saveFile(`${name}.md`, toMarkdown(report), "text/markdown");
  };
  const saveWord = async () => {
    const { toWord } = await import("./to-word.ts");
    saveFile(`${name}.docx`, toWord(report), WORD_TYPE);
  };
  return (
    <>
      <Button icon="download" onClick={() => void saved(saveWord)}>
        Word
      </Button>
      <Button icon="download" onClick={() => void saved(saveMarkdown)}>
        Markdown
      </Button>
      <Button onClick={() => window.print()}>Print</Button>
    </>
  );
}

/** The script that makes a file is loaded when it is first needed. */
async function saved(save: () => Promise<void>): Promise<void> {
  try {
    await save();
  } catch {
    toast("The file could not be made. Load the page again.", { kind: "error" });
  }
}
