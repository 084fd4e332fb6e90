/** The recovery codes of a second factor, shown this once. */
import { save } from "../api/download.ts";
import { Button } from "../ui/button.tsx";
import { CopyTextButton } from "./copy-text-button.tsx";

type RecoveryCodesProps = { codes: readonly string[]; onDone: () => void };

export function RecoveryCodes({ codes, onDone }: RecoveryCodesProps) {
  const text = `${codes.join("\n")}\n`;
  return (
    <>
      <p class="notice notice-warning" role="status">
        The second factor is on. Keep these recovery codes where your phone is not: each works once
        in place of a code, and they are shown only now.
      </p>
      <ul class="recovery-codes" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="form-actions">
        <CopyTextButton text={text} label="Copy the codes" />
        <Button
          icon="download"
          onClick={() => save(new Blob([text], { type: "text/plain" }), "recovery-codes.txt")}
        >
          Download the codes
        </Button>
        <Button variant="primary" onClick={onDone}>
          I have kept them
        </Button>
      </div>
    </>
  );
}
