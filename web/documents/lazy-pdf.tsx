/** Loads the script that draws PDFs, then the file. */
import type { ReadonlySignal, Signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Schemas } from "../api/client.ts";
import { useResource } from "../api/resource.ts";
import { Progress } from "../ui/progress.tsx";
import { ErrorState } from "../ui/states.tsx";
import { loadBytes } from "./load-bytes.ts";
import type { Place } from "./place.ts";
import type { Quotation } from "./use-quotation.ts";

export type PdfProps = {
  place: Place;
  quotation: ReadonlySignal<Quotation | undefined>;
  isMissing: Signal<boolean>;
};

export function LazyPdf({ file, ...rest }: PdfProps & { file: Schemas["File"] }) {
  const [progress, setProgress] = useState(0);
  const loaded = useResource(async (signal) => {
    // At the same time, since neither needs the other.
    const [module, bytes] = await Promise.all([
      import("./pdf-view.tsx"),
      loadBytes(file, { onProgress: setProgress, signal }),
    ]);
    return { PdfView: module.PdfView, bytes };
  }, file.id);
  if (loaded.data) return <loaded.data.PdfView bytes={loaded.data.bytes} {...rest} />;
  if (loaded.error !== undefined) {
    return <ErrorState text={loaded.error} onRetry={loaded.reload} />;
  }
  return (
    <div class="state" role="status">
      <p>Loading {file.original_name}</p>
      <Progress label={`Loading ${file.original_name}`} value={progress} />
    </div>
  );
}
