/** Copies a text, and says so. */
import { toast } from "../app/toast.tsx";
import { Button } from "../ui/button.tsx";

export function CopyTextButton({ text, label }: { text: string; label: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast("Copied.");
    } catch {
      toast("The browser does not allow it. Select the text, and copy it by hand.", {
        kind: "error",
      });
    }
  };
  return (
    <Button icon="copy" onClick={() => void copy()}>
      {label}
    </Button>
  );
}
