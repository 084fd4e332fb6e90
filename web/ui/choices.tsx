/** Inputs to choose from what there is: one, or several. */
import { useId } from "preact/hooks";

export type Choice = { value: string; label: string; hint?: string };

type SelectProps = {
  label: string;
  name: string;
  choices: readonly Choice[];
  /** What is chosen; with `onChoice` it is what the caller says. */
  value?: string;
  onChoice?: (value: string) => void;
};

export function Select({ label, name, choices, value, onChoice }: SelectProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        name={name}
        value={value}
        onChange={(event) => onChoice?.(event.currentTarget.value)}
      >
        {choices.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

type CheckboxesProps = {
  legend: string;
  name: string;
  choices: readonly Choice[];
  error?: string | undefined;
};

/** Any number of them, each a value of the same name. */
export function Checkboxes({ legend, name, choices, error }: CheckboxesProps) {
  const id = useId();
  return (
    <fieldset class="choices" aria-describedby={error ? `${id}-error` : undefined}>
      <legend>{legend}</legend>
      {choices.map(({ value, label, hint }) => (
        <label key={value} class="choice">
          <input
            type="checkbox"
            name={name}
            value={value}
            aria-invalid={error ? true : undefined}
          />
          <span>
            {label}
            {hint && <span class="field-hint"> {hint}</span>}
          </span>
        </label>
      ))}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
