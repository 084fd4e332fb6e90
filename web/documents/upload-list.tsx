/** What is being uploaded, and what could not be. */
import { Button } from "../ui/button.tsx";
import { Progress } from "../ui/progress.tsx";
import { formatBytes } from "./format.ts";
import type { Upload, Uploads } from "./uploads.ts";

export function UploadList({ uploads }: { uploads: Uploads }) {
  const list = uploads.list.value;
  if (list.length === 0) return null;
  return (
    <ul class="upload-list" aria-label="Uploads">
      {list.map((upload) => (
        <UploadLine key={upload.key} upload={upload} uploads={uploads} />
      ))}
    </ul>
  );
}

function UploadLine({ upload, uploads }: { upload: Upload; uploads: Uploads }) {
  const { key, file, status, progress, sentence } = upload;
  const isRunning = status === "sending" || status === "waiting";
  return (
    <li class="upload">
      <span class="upload-name">{file.name}</span>
      <span class="muted">{isRunning ? stateOf(upload) : formatBytes(file.size)}</span>
      <span class="upload-actions">
        {status === "failed" && (
          <Button icon="retry" onClick={() => uploads.retry(key)}>
            Try again
          </Button>
        )}
        <Button
          icon="close"
          label={isRunning ? `Cancel the upload of ${file.name}` : `Remove ${file.name}`}
          onClick={() => uploads.remove(key)}
        />
      </span>
      {isRunning && <Progress label={`Upload of ${file.name}`} value={progress} />}
      {!isRunning && (
        <p class="field-error" role="alert">
          {sentence}
        </p>
      )}
    </li>
  );
}

function stateOf({ status, progress, file }: Upload): string {
  if (status === "waiting") return "Waiting";
  const percent = Math.round(progress * 100);
  return `${percent} % of ${formatBytes(file.size)}`;
}
