/** A button that downloads a response of the API. */
import { useSignal } from "@preact/signals";
import { download } from "../api/download.ts";
import { sentenceOf } from "../api/problems.ts";
import { toast } from "../app/toast.tsx";
import { Button } from "./button.tsx";

type DownloadButtonProps = {
  path: string;
  /** The media type to ask for. */
  accept: string;
  label: string;
  /** The name of the file, where the response has none. */
  name?: string;
};

export function DownloadButton({ label, path, ...options }: DownloadButtonProps) {
  const isBusy = useSignal(false);
  const run = async () => {
    isBusy.value = true;
    try {
      await download(path, options);
    } catch (error) {
      toast(sentenceOf(error), { kind: "error" });
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <Button icon="download" disabled={isBusy.value} onClick={() => void run()}>
      {label}
    </Button>
  );
}
