/** Files that are dropped anywhere on the page, or pasted. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** Whether files are held above the page. */
const isHeld = signal(false);

const hasFiles = (data: DataTransfer | null) => data?.types.includes("Files") ?? false;

/** Calls `onFiles` with what is dropped or pasted as long as the component is shown. */
export function useDroppedFiles(onFiles: (files: Iterable<File>) => void): void {
  useEffect(() => {
    const aborting = new AbortController();
    const { signal } = aborting;
    const onDrag = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      isHeld.value = true;
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) isHeld.value = false;
    };
    const onDrop = (event: DragEvent) => {
      isHeld.value = false;
      if (!event.dataTransfer || !hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      onFiles(event.dataTransfer.files);
    };
    const onPaste = ({ clipboardData }: ClipboardEvent) => {
      if (clipboardData?.files.length) onFiles(clipboardData.files);
    };
    window.addEventListener("dragenter", onDrag, { signal });
    window.addEventListener("dragover", onDrag, { signal });
    window.addEventListener("dragleave", onLeave, { signal });
    window.addEventListener("drop", onDrop, { signal });
    window.addEventListener("paste", onPaste, { signal });
    return () => {
      isHeld.value = false;
      aborting.abort();
    };
  }, [onFiles]);
}

/** Says where the files would go. */
export function DropHint({ text }: { text: string }) {
  return isHeld.value ? <div class="drop-hint">{text}</div> : null;
}
