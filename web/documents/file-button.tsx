/** A button that opens the browser's dialog for files. */
import type { TargetedEvent } from "preact";
import { useRef } from "preact/hooks";
import { Button, type ButtonProps } from "../ui/button.tsx";
import { ACCEPT } from "./file-types.ts";

type FileButtonProps = Pick<ButtonProps, "variant" | "icon" | "label" | "children"> & {
  onFiles: (files: Iterable<File>) => void;
};

export function FileButton({ onFiles, ...button }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const onChange = (event: TargetedEvent<HTMLInputElement>) => {
    onFiles([...(event.currentTarget.files ?? [])]);
    // The same file may be chosen again.
    event.currentTarget.value = "";
  };
  return (
    <>
      <Button {...button} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPT}
        aria-label="Files to upload"
        onChange={onChange}
      />
    </>
  );
}
