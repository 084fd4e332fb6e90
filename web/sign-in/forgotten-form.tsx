/** Asks for a mail with a link to set another password. */
import { useSignal } from "@preact/signals";
import { api } from "../api/client.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Form, textOf } from "../ui/form.tsx";
import { step } from "./steps.ts";

export function ForgottenForm() {
  const isSent = useSignal(false);
  const send = async (values: FormData) => {
    await api.post("/auth/password/forgot", { body: { email: textOf(values, "email") } });
    isSent.value = true;
  };
  return (
    <>
      <h2>Forgotten password</h2>
      {isSent.value ? (
        <p class="notice" role="status">
          If there is an account with this address, a mail with a link is on its way to it.
        </p>
      ) : (
        <Form submit="Send the mail" onSubmit={send}>
          {(errors) => (
            <Field
              label="E-mail"
              name="email"
              type="email"
              autocomplete="username"
              required
              error={errors.email}
            />
          )}
        </Form>
      )}
      <div class="sign-in-links">
        <Button onClick={() => (step.value = { name: "password" })}>Back</Button>
      </div>
    </>
  );
}
