/** The name of a document, and what can be done with it. */
import type { Schemas } from "../api/client.ts";
import { Link, navigate, path, query } from "../app/router.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { downloadFile } from "./file-actions.ts";

type DocumentHeadProps = {
  file: Schemas["File"];
  /** Whether there is more to see than its text. */
  canSwitch: boolean;
  isText: boolean;
};

export function DocumentHead({ file, canSwitch, isText }: DocumentHeadProps) {
  return (
    <header class="document-head">
      <Link to="/app/documents" class="button button-plain button-icon" aria-label="All documents">
        <Icon name="left" />
      </Link>
      <h1 title={file.original_name}>{file.original_name}</h1>
      {canSwitch && (
        <Button aria-pressed={isText} onClick={() => showAs(isText ? undefined : "text")}>
          As text
        </Button>
      )}
      <Link to={`/app/documents/${file.id}/report`} class="button button-plain">
        Analysis
      </Link>
      <Button icon="download" label="Download" onClick={() => void downloadFile(file)} />
    </header>
  );
}

/** Stays at the same place. */
function showAs(view: "text" | undefined): void {
  const next = new URLSearchParams(query.value);
  if (view) next.set("view", view);
  else next.delete("view");
  const text = next.toString();
  navigate(text ? `${path.value}?${text}` : path.value, { replace: true });
}
