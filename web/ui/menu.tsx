/** A button that opens a list of actions: with the arrow keys, Home, End and Escape. */
import { useId, useRef } from "preact/hooks";
import type { TargetedKeyboardEvent } from "preact";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";

export type MenuAction = {
  label: string;
  icon?: IconName;
  isDangerous?: boolean;
  run: () => void;
};

const STEPS: Record<string, (index: number, count: number) => number> = {
  ArrowDown: (index, count) => (index + 1) % count,
  ArrowUp: (index, count) => (index - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** `label` names the button. */
export function Menu({ label, actions }: { label: string; actions: readonly MenuAction[] }) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const items = () => [...(list.current?.querySelectorAll("button") ?? [])];
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    const all = items();
    const step = STEPS[event.key];
    const index = all.findIndex((item) => item === document.activeElement);
    if (!step) return;
    event.preventDefault();
    all[step(index, all.length)]?.focus();
  };
  const choose = (run: () => void) => {
    list.current?.hidePopover();
    run();
  };
  return (
    <div class="menu">
      <Button icon="more" label={label} aria-haspopup="menu" popovertarget={id} />
      <div
        class="menu-list"
        id={id}
        ref={list}
        popover="auto"
        role="menu"
        aria-label={label}
        onKeyDown={onKeyDown}
        onToggle={(event) => event.newState === "open" && items()[0]?.focus()}
      >
        {actions.map(({ label, icon, isDangerous, run }) => (
          <button
            key={label}
            type="button"
            role="menuitem"
            class={isDangerous ? "menu-item menu-danger" : "menu-item"}
            onClick={() => choose(run)}
          >
            {icon && <Icon name={icon} />}
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}
