/** A form that is sent once at a time, and says why it was refused. */
import { useSignal } from "@preact/signals";
import type { TargetedSubmitEvent } from "preact";
import { fieldErrorsOf, sentenceOf } from "../api/problems.ts";

/** `failure` is about the whole form, `errors` by the names of its fields. */
export function useForm(send: () => Promise<void>) {
  const isSending = useSignal(false);
  const failure = useSignal<string | undefined>(undefined);
  const errors = useSignal<Record<string, string>>({});
  const submit = async () => {
    isSending.value = true;
    failure.value = undefined;
    errors.value = {};
    try {
      await send();
    } catch (error) {
      errors.value = fieldErrorsOf(error);
      if (Object.keys(errors.value).length === 0) failure.value = sentenceOf(error);
    } finally {
      isSending.value = false;
    }
  };
  return {
    isSending: isSending.value,
    failure: failure.value,
    errors: errors.value,
    onSubmit: (event: TargetedSubmitEvent<HTMLFormElement>) => {
      event.preventDefault();
      if (!isSending.value) void submit();
    },
  };
}
