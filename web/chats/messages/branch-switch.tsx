/** Leads to the other versions of a message, each with what followed it. */
import { Button } from "../../ui/button.tsx";
import type { Conversation } from "../conversation.ts";
import type { PageMessage } from "../page-message.ts";

type BranchSwitchProps = { message: PageMessage; conversation: Conversation };

export function BranchSwitch({ message, conversation }: BranchSwitchProps) {
  const siblings = message.metadata?.stored?.sibling_ids ?? [];
  const index = siblings.indexOf(message.id);
  if (siblings.length < 2 || index < 0) return null;
  const go = (step: number) => {
    const id = siblings[index + step];
    if (id !== undefined) void conversation.switchTo(id);
  };
  const isBusy = conversation.isBusy.value;
  return (
    <div class="branches" role="group" aria-label="Versions">
      <Button
        icon="left"
        label="Previous version"
        disabled={index === 0 || isBusy}
        onClick={() => go(-1)}
      />
      <span class="branch-number">
        {index + 1}/{siblings.length}
      </span>
      <Button
        icon="right"
        label="Next version"
        disabled={index === siblings.length - 1 || isBusy}
        onClick={() => go(1)}
      />
    </div>
  );
}
