/** Whether an answer was good; the person may say why not. */
import { signal, useSignal } from "@preact/signals";
import type { TargetedSubmitEvent } from "preact";
import { api } from "../../api/client.ts";
import { sentenceOf } from "../../api/problems.ts";
import { announce } from "../../app/announce.tsx";
import { toast } from "../../app/toast.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";

type Rating = "up" | "down";

/** What was given in this tab: the API does not list it. */
const given = signal<Readonly<Record<string, Rating>>>({});

async function rate(messageId: string, rating: Rating, comment?: string): Promise<void> {
  try {
    const path = { id: messageId };
    if (given.peek()[messageId] === rating && comment === undefined) {
      await api.delete("/messages/{id}/feedback", { path });
      const { [messageId]: _, ...others } = given.peek();
      given.value = others;
      return;
    }
    const body = { rating, ...(comment && { comment }) };
    await api.put("/messages/{id}/feedback", { path, body });
    given.value = { ...given.peek(), [messageId]: rating };
    announce("Thank you for your feedback.");
  } catch (error) {
    toast(sentenceOf(error), { kind: "error" });
  }
}

export function FeedbackButtons({ messageId }: { messageId: string }) {
  const isAsking = useSignal(false);
  const rating = given.value[messageId];
  const down = () => {
    if (rating === "down") void rate(messageId, "down");
    else isAsking.value = true;
  };
  return (
    <>
      <Button
        icon="thumb-up"
        label="Good answer"
        aria-pressed={rating === "up"}
        onClick={() => void rate(messageId, "up")}
      />
      <Button
        icon="thumb-down"
        label="Bad answer"
        aria-pressed={rating === "down"}
        onClick={down}
      />
      {isAsking.value && (
        <CommentDialog messageId={messageId} onClose={() => (isAsking.value = false)} />
      )}
    </>
  );
}

function CommentDialog({ messageId, onClose }: { messageId: string; onClose: () => void }) {
  const comment = useSignal("");
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    await rate(messageId, "down", comment.value.trim());
    onClose();
  };
  return (
    <Dialog title="What was wrong with it?" onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <textarea
          aria-label="What was wrong with it (optional)"
          placeholder="For example: the quoted section is repealed."
          rows={3}
          maxLength={2000}
          value={comment.value}
          onInput={(event) => (comment.value = event.currentTarget.value)}
        />
        <div class="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary">
            Send feedback
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
