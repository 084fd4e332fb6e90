/** How far the ingestion of a file is, and what can be done where it has failed. */
import { useState } from "preact/hooks";
import { announce } from "../app/announce.tsx";
import { toast } from "../app/toast.tsx";
import { api, type Schemas } from "../api/client.ts";
import { sentenceOf } from "../api/problems.ts";
import { Button } from "../ui/button.tsx";
import { Progress } from "../ui/progress.tsx";
import { useFollowedFile } from "./follow-file.ts";

type FileStatusProps = {
  file: Schemas["File"];
  onChange: (file: Schemas["File"]) => void;
};

export function FileStatus({ file, onChange }: FileStatusProps) {
  useFollowedFile(file, (now) => {
    if (now.status === "ready") announce(`${now.original_name} is ready.`);
    onChange(now);
  });
  if (file.status === "processing") return <Reading file={file} />;
  if (file.status === "pending") return <p class="muted">Its upload was not finished.</p>;
  if (file.status === "failed") return <Failure file={file} onChange={onChange} />;
  return <ScannedPages file={file} onChange={onChange} />;
}

function Reading({
  file: { original_name: name, page_count: pages, pages_done: done },
}: {
  file: Schemas["File"];
}) {
  const isCounted = pages !== null && pages > 0 && done !== null;
  return (
    <div class="reading">
      <span class="muted">{isCounted ? `Reading: ${done} of ${pages} pages` : "Reading"}</span>
      <Progress label={`Reading ${name}`} value={isCounted ? done / pages : undefined} />
    </div>
  );
}

function Failure({ file, onChange }: FileStatusProps) {
  const candidates = file.failure?.candidates ?? [];
  return (
    <div class="file-failure" role="alert">
      <p class="field-error">{file.failure?.detail}</p>
      {candidates.length > 0 ? (
        <Encodings file={file} candidates={candidates} onChange={onChange} />
      ) : (
        <RetryButton file={file} onChange={onChange} />
      )}
    </div>
  );
}

/** A choice of encodings, the likeliest first. */
function Encodings({ file, candidates, onChange }: FileStatusProps & { candidates: string[] }) {
  const [encoding, setEncoding] = useState(candidates[0] ?? "");
  const label = `The encoding of ${file.original_name}`;
  return (
    <div class="encodings">
      <select
        aria-label={label}
        value={encoding}
        onChange={(event) => setEncoding(event.currentTarget.value)}
      >
        {candidates.map((candidate) => (
          <option key={candidate}>{candidate}</option>
        ))}
      </select>
      <RetryButton file={file} onChange={onChange} encoding={encoding} />
    </div>
  );
}

/** Pages of a document that is ready otherwise. */
function ScannedPages({ file, onChange }: FileStatusProps) {
  const { scanned_pages: scanned, pages_failed: failed } = file;
  if (!scanned) return null;
  const pages = scanned === 1 ? "1 scanned page has" : `${scanned} scanned pages have`;
  return (
    <div class="file-failure">
      <p class="muted">{`${pages} no text, and cannot be searched or quoted.`}</p>
      {failed ? <RetryButton file={file} onChange={onChange} /> : null}
    </div>
  );
}

function RetryButton({ file, encoding, onChange }: FileStatusProps & { encoding?: string }) {
  const [isRunning, setRunning] = useState(false);
  const retry = async () => {
    setRunning(true);
    try {
      const body = encoding === undefined ? {} : { encoding };
      onChange(await api.post("/files/{id}/complete", { path: { id: file.id }, body }));
    } catch (error) {
      toast(sentenceOf(error), { kind: "error" });
    }
    setRunning(false);
  };
  return (
    <Button icon="retry" disabled={isRunning} onClick={() => void retry()}>
      Try again
    </Button>
  );
}
