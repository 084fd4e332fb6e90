/** What the account leaves behind: an export of all of it, and its deletion. */
import { useEffect, useRef, useState } from "preact/hooks";
import { download } from "../api/download.ts";
import { sentenceOf } from "../api/problems.ts";
import { Button } from "../ui/button.tsx";
import { Progress } from "../ui/progress.tsx";
import type { SectionProps } from "./account-page.tsx";
import { DeletionDialog } from "./deletion-dialog.tsx";

export function YourData({ account }: SectionProps) {
  const [isDeleting, setDeleting] = useState(false);
  return (
    <>
      <section class="card form" aria-labelledby="export">
        <h2 id="export">Export</h2>
        <p>
          A zip file with all your chats as JSON and Markdown, your documents and their texts,
          analyses, usage and security events.
        </p>
        <Export />
      </section>
      <section class="card form" aria-labelledby="deletion">
        <h2 id="deletion">Delete the account</h2>
        <p>
          This erases the account with every chat, message and document, for good. Nobody can bring
          it back. Export your data first if you may need it.
        </p>
        <div class="form-actions">
          <Button variant="danger" onClick={() => setDeleting(true)}>
            Delete my account
          </Button>
        </div>
      </section>
      {isDeleting && <DeletionDialog account={account} onClose={() => setDeleting(false)} />}
    </>
  );
}

type ExportState =
  | { status: "idle" }
  | { status: "running"; bytes: number }
  | { status: "done"; bytes: number }
  | { status: "failed"; sentence: string };

function Export() {
  const [state, setState] = useState<ExportState>({ status: "idle" });
  const aborting = useRef<AbortController>(undefined);
  useEffect(() => () => aborting.current?.abort(), []);
  const run = async () => {
    const { signal } = (aborting.current = new AbortController());
    setState({ status: "running", bytes: 0 });
    setState(await runExport(signal, (bytes) => setState({ status: "running", bytes })));
  };
  if (state.status === "running") {
    return (
      <>
        <p role="status">{formatBytes(state.bytes)} so far</p>
        <Progress label="Export of your data" />
        <div class="form-actions">
          <Button onClick={() => aborting.current?.abort()}>Cancel</Button>
        </div>
      </>
    );
  }
  return (
    <>
      {state.status === "failed" && (
        <p class="notice notice-danger" role="alert">
          {state.sentence}
        </p>
      )}
      {state.status === "done" && (
        <p class="notice" role="status">
          The export is saved: {formatBytes(state.bytes)}. Its manifest.json says whether everything
          is in it.
        </p>
      )}
      <div class="form-actions">
        <Button icon="download" onClick={() => void run()}>
          Export my data
        </Button>
      </div>
    </>
  );
}

/** How it has ended. */
async function runExport(
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<ExportState> {
  let bytes = 0;
  const count = (total: number) => {
    bytes = total;
    onBytes(total);
  };
  try {
    await download("/users/me/export", { accept: "application/zip", signal, onBytes: count });
    return { status: "done", bytes };
  } catch (error) {
    if (signal.aborted) return { status: "idle" };
    // With bytes there was a response, which has broken off: part of a zip file is none.
    const sentence = bytes > 0 ? "The download broke off. Try again." : sentenceOf(error);
    return { status: "failed", sentence };
  }
}

const MIB = 1024 * 1024;

function formatBytes(count: number): string {
  if (count < MIB) return `${Math.ceil(count / 1024)} KiB`;
  return `${(count / MIB).toFixed(1)} MiB`;
}
