/** Copies a text, and says so. */
import { useSignal } from "@preact/signals";
import { announce } from "../app/announce.tsx";
import { toast } from "../app/toast.tsx";
import { Button } from "./button.tsx";

const SHOWN_MS = 2_000;

export function CopyButton({ text, label }: { text: string; label: string }) {
  const isCopied = useSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      toast("The browser does not allow copying here.", { kind: "error" });
      return;
    }
    isCopied.value = true;
    announce("Copied.");
    setTimeout(() => (isCopied.value = false), SHOWN_MS);
  };
  return (
    <Button
      icon={isCopied.value ? "check" : "copy"}
      label={isCopied.value ? "Copied" : label}
      onClick={() => void copy()}
    />
  );
}
