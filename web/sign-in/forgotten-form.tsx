/** Asks for a mail with a link to set another password. */
import { useSignal } from "@preact/signals";
import { api } from "../api/client.ts";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/failure.tsx";
import { Field } from "../ui/field.tsx";
import { step } from "./steps.ts";
import { useForm } from "./use-form.ts";

export function ForgottenForm() {
  const email = useSignal("");
  const isSent = useSignal(false);
  const form = useForm(async () => {
    await api.post("/auth/password/forgot", { body: { email: email.value } });
    isSent.value = true;
  });
  return (
    <>
      <h2>Forgotten password</h2>
      {isSent.value ? (
        <p class="notice" role="status">
          If there is an account with this address, a mail with a link is on its way to it.
        </p>
      ) : (
        <form class="form" onSubmit={form.onSubmit}>
          <Field
            label="E-mail"
            type="email"
            autocomplete="username"
            required
            value={email.value}
            error={form.errors.email}
            onText={(text) => (email.value = text)}
          />
          <Failure text={form.failure} />
          <Button type="submit" variant="primary" disabled={form.isSending}>
            Send the mail
          </Button>
        </form>
      )}
      <div class="sign-in-links">
        <Button onClick={() => (step.value = { name: "password" })}>Back</Button>
      </div>
    </>
  );
}
