/** A modal dialog: the browser's own, which keeps the focus inside and closes by Escape. */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Button, type ButtonProps } from "./button.tsx";

type DialogProps = { title: string; onClose: () => void; children: ComponentChildren };

/** Open as long as it is rendered. `onClose` is called when the person closes it. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      class="dialog"
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={id}>{title}</h2>
          <Button icon="close" label="Close" onClick={() => dialog.current?.close()} />
        </header>
        {children}
      </div>
    </dialog>
  );
}

type Question = {
  title: string;
  text: string;
  /** What the button that agrees says. */
  confirm: string;
  variant?: NonNullable<ButtonProps["variant"]>;
};

const asked = signal<(Question & { settle: (isAgreed: boolean) => void }) | undefined>(undefined);

/** Asks before something that cannot be undone. Resolves to true where the person agrees. */
export function confirmed(question: Question): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  asked.value = { ...question, settle: resolve };
  return promise;
}

/** Where `confirmed` asks. */
export function Confirmation() {
  const now = asked.value;
  if (!now) return null;
  const settle = (isAgreed: boolean) => {
    asked.value = undefined;
    now.settle(isAgreed);
  };
  return (
    <Dialog title={now.title} onClose={() => settle(false)}>
      <p>{now.text}</p>
      <div class="dialog-actions">
        <Button onClick={() => settle(false)}>Cancel</Button>
        <Button variant={now.variant ?? "danger"} onClick={() => settle(true)}>
          {now.confirm}
        </Button>
      </div>
    </Dialog>
  );
}
