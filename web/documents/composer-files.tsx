/** Documents of the next message: what is beside the text of the composer. */
import { useMemo, useRef } from "preact/hooks";
import { Button } from "../ui/button.tsx";
import { DropHint, useDroppedFiles } from "./drop-files.tsx";
import { FileButton } from "./file-button.tsx";
import { UploadList } from "./upload-list.tsx";
import type { Uploads } from "./uploads.ts";

/** A document that is attached by its id. */
export type AttachedFile = { id: string; name: string };

type ComposerFilesProps = {
  files: readonly AttachedFile[];
  onAttach: (file: AttachedFile) => void;
  onRemove: (id: string) => void;
  /** Files on their way. */
  uploads: Uploads;
};

/**
 * A file is attached once it is stored, to the message for which it was chosen: the person may look at another chat by
 * then. The answer waits for its ingestion.
 */
export function ComposerFiles({ files, onAttach, onRemove, uploads }: ComposerFilesProps) {
  const attach = useRef(onAttach);
  attach.current = onAttach;
  const onFiles = useMemo(() => {
    return (chosen: Iterable<File>) => {
      const onAttach = attach.current;
      uploads.add(chosen, ({ id, original_name: name }) => onAttach({ id, name }));
    };
  }, [uploads]);
  useDroppedFiles(onFiles);
  return (
    <div class="composer-files">
      <DropHint text="Drop the files to attach them" />
      <UploadList uploads={uploads} />
      {files.length > 0 && (
        <ul class="chips" aria-label="Attached documents">
          {files.map((file) => (
            <li key={file.id} class="chip">
              <span class="chip-name">{file.name}</span>
              <Button
                icon="close"
                label={`Remove ${file.name}`}
                onClick={() => onRemove(file.id)}
              />
            </li>
          ))}
        </ul>
      )}
      <FileButton icon="attach" label="Attach documents" onFiles={onFiles} />
    </div>
  );
}
