/** The second step of a sign-in: a code of the authenticator app, or a recovery code. */
import { useSignal } from "@preact/signals";
import { api } from "../api/client.ts";
import { acceptUser } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Form, textOf } from "../ui/form.tsx";
import { step } from "./steps.ts";

export function SecondFactorForm({ challenge }: { challenge: string }) {
  const isRecovery = useSignal(false);
  const name = isRecovery.value ? "recovery_code" : "code";
  const signIn = async (values: FormData) => {
    const body = { challenge, [name]: textOf(values, name).trim() };
    acceptUser((await api.post("/auth/login/totp", { body })).user);
    step.value = { name: "password" };
  };
  return (
    <>
      <h2>Second factor</h2>
      <Form key={name} submit="Sign in" onSubmit={signIn}>
        {(errors) => (
          <Field
            label={isRecovery.value ? "Recovery code" : "Code of your authenticator app"}
            name={name}
            autocomplete="one-time-code"
            inputMode={isRecovery.value ? "text" : "numeric"}
            required
            error={errors[name]}
          />
        )}
      </Form>
      <div class="sign-in-links">
        <Button onClick={() => (isRecovery.value = !isRecovery.value)}>
          {isRecovery.value ? "Use the authenticator app" : "Use a recovery code"}
        </Button>
        <Button onClick={() => (step.value = { name: "password" })}>Back</Button>
      </div>
    </>
  );
}
