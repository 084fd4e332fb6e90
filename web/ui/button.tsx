/** Buttons with a text, an icon, or both. */
import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export type ButtonProps = {
  /** `plain` by default. */
  variant?: "primary" | "plain" | "danger";
  icon?: IconName;
  /** The name of a button that shows only its icon. */
  label?: string;
  class?: string;
  children?: ComponentChildren;
} & Omit<ButtonHTMLAttributes, "label" | "icon" | "class">;

export function Button({
  variant = "plain",
  icon,
  label,
  class: more = "",
  children,
  ...rest
}: ButtonProps) {
  const isIconOnly = children === undefined;
  const shape = isIconOnly ? "button-icon" : "";
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${variant} ${shape} ${more}`}
      aria-label={label}
      title={isIconOnly ? label : undefined}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
