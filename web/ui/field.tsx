/** An input with its label, a hint and what is wrong with it. */
import type { InputHTMLAttributes } from "preact";
import { useId } from "preact/hooks";

type FieldProps = {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** Called with the text after each change. */
  onText?: (text: string) => void;
  type?: "text" | "email" | "password" | "search" | "number" | "date" | "url";
  value?: string;
  /** What it shows at first, and once its form has been sent. */
  defaultValue?: string;
  name?: string;
  autocomplete?:
    | "username"
    | "current-password"
    | "new-password"
    | "one-time-code"
    | "name"
    | "off";
  inputMode?: "text" | "numeric" | "decimal";
  required?: boolean;
  minLength?: number;
  maxLength?: number;
  min?: number | string;
  max?: number | string;
  disabled?: boolean;
  placeholder?: string;
};

export function Field({ label, hint, error, onText, ...rest }: FieldProps) {
  const id = useId();
  // Preact ties `type` to `role`, which no field sets.
  const input = rest as InputHTMLAttributes;
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        id={id}
        aria-describedby={notes || undefined}
        aria-invalid={error ? true : undefined}
        onInput={(event) => onText?.(event.currentTarget.value)}
      />
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
