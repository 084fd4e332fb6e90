/** A form that is sent once at a time. What is wrong is said at the field, which gets the focus. */
import type { ComponentChildren, TargetedSubmitEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fieldErrorsOf, isProblem, type ProblemCode, sentenceOf } from "../api/problems.ts";
import { Button, type ButtonProps } from "./button.tsx";

/** Sentences by the name of the field. */
export type FieldErrors = Record<string, string>;

type FormProps = {
  /** What the button says. */
  submit: string;
  variant?: NonNullable<ButtonProps["variant"]>;
  /** Sends the values; what it rejects with is shown. Fields are empty again afterwards. */
  onSubmit: (values: FormData) => Promise<void>;
  onCancel?: () => void;
  /** Problems that belong to a field, by their code. */
  fieldOf?: Partial<Record<ProblemCode, string>>;
  class?: string;
  children: (errors: FieldErrors) => ComponentChildren;
};

/** What the page itself finds wrong with a field. */
export class InvalidField extends Error {
  override name = "InvalidField";
  readonly field: string;

  constructor(field: string, sentence: string) {
    super(sentence);
    this.field = field;
  }
}

type Failure = { errors: FieldErrors; sentence: string | undefined };

const NONE: Failure = { errors: {}, sentence: undefined };

export function Form({ submit, variant = "primary", children, ...rest }: FormProps) {
  const { form, failure, isBusy, onSubmit } = useSubmission(rest);
  return (
    <form class={`form ${rest.class ?? ""}`} ref={form} onSubmit={onSubmit}>
      {children(failure.errors)}
      {failure.sentence !== undefined && (
        <p class="notice notice-danger" role="alert" tabIndex={-1}>
          {failure.sentence}
        </p>
      )}
      <div class="form-actions">
        <Button type="submit" variant={variant} aria-disabled={isBusy}>
          {isBusy ? "One moment…" : submit}
        </Button>
        {rest.onCancel && <Button onClick={rest.onCancel}>Cancel</Button>}
      </div>
    </form>
  );
}

function useSubmission({ onSubmit, fieldOf = {} }: Pick<FormProps, "onSubmit" | "fieldOf">) {
  const form = useRef<HTMLFormElement>(null);
  const isSending = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState(NONE);
  useEffect(() => focusFailure(form.current), [failure]);
  const sendOnce = async (of: HTMLFormElement) => {
    if (isSending.current) return;
    isSending.current = true;
    setBusy(true);
    try {
      await onSubmit(new FormData(of));
      of.reset();
      setFailure(NONE);
    } catch (error) {
      setFailure(failureOf(error, of, fieldOf));
    } finally {
      isSending.current = false;
      setBusy(false);
    }
  };
  const onEvent = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void sendOnce(event.currentTarget);
  };
  return { form, failure, isBusy, onSubmit: onEvent };
}

/** A sentence about a field that the form does not have is about the whole form. */
function failureOf(error: unknown, form: HTMLFormElement, fieldOf: FormProps["fieldOf"]): Failure {
  const own = error instanceof InvalidField ? { [error.field]: error.message } : {};
  const found = { ...fieldErrorsOf(error), ...errorOfCode(error, fieldOf), ...own };
  const shown = Object.entries(found).filter(([name]) => form.elements.namedItem(name));
  if (shown.length > 0) return { errors: Object.fromEntries(shown), sentence: undefined };
  return { errors: {}, sentence: Object.values(found)[0] ?? sentenceOf(error) };
}

function errorOfCode(error: unknown, fieldOf: FormProps["fieldOf"] = {}): FieldErrors {
  for (const [code, name] of Object.entries(fieldOf)) {
    if (isProblem(error, code as ProblemCode)) return { [name]: sentenceOf(error) };
  }
  return {};
}

function focusFailure(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>("[aria-invalid=true], [role=alert]")?.focus();
}

/** The text of a field; empty without it. */
export function textOf(values: FormData, name: string): string {
  const value = values.get(name);
  return typeof value === "string" ? value : "";
}
