/** Whether an answer was good; the person may say why not. */
import { useSignal } from "@preact/signals";
import type { TargetedSubmitEvent } from "preact";
import { sentenceOf } from "../../api/problems.ts";
import { announce } from "../../app/announce.tsx";
import { toast } from "../../app/toast.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import type { Rating, Ratings } from "../ratings.ts";

type RatedProps = { messageId: string; ratings: Ratings };

/** A rating that is given again is removed, unless a comment comes with it. */
async function rate({ messageId, ratings }: RatedProps, rating: Rating, comment?: string) {
  try {
    if (ratings.of(messageId) === rating && comment === undefined) {
      await ratings.remove(messageId);
      return;
    }
    await ratings.rate(messageId, rating, comment);
    announce("Thank you for your feedback.");
  } catch (error) {
    toast(sentenceOf(error), { kind: "error" });
  }
}

export function FeedbackButtons(rated: RatedProps) {
  const isAsking = useSignal(false);
  const rating = rated.ratings.of(rated.messageId);
  const down = () => {
    if (rating === "down") void rate(rated, "down");
    else isAsking.value = true;
  };
  return (
    <>
      <Button
        icon="thumb-up"
        label="Good answer"
        aria-pressed={rating === "up"}
        onClick={() => void rate(rated, "up")}
      />
      <Button
        icon="thumb-down"
        label="Bad answer"
        aria-pressed={rating === "down"}
        onClick={down}
      />
      {isAsking.value && <CommentDialog {...rated} onClose={() => (isAsking.value = false)} />}
    </>
  );
}

function CommentDialog({ onClose, ...rated }: RatedProps & { onClose: () => void }) {
  const comment = useSignal("");
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    await rate(rated, "down", comment.value.trim());
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
