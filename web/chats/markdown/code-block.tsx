/** Code with its language and a button that copies it. */
import { CopyButton } from "../../ui/copy-button.tsx";

export function CodeBlock({ text, language }: { text: string; language: string }) {
  return (
    <figure class="code">
      <figcaption class="code-head">
        <span>{language || "Code"}</span>
        <CopyButton text={text} label="Copy the code" />
      </figcaption>
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </figure>
  );
}
