/** The second step of a sign-in: a code of the authenticator app, or a recovery code. */
import { useSignal } from "@preact/signals";
import { api } from "../api/client.ts";
import { acceptUser } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/failure.tsx";
import { Field } from "../ui/field.tsx";
import { step } from "./steps.ts";
import { useForm } from "./use-form.ts";

export function SecondFactorForm({ challenge }: { challenge: string }) {
  const isRecovery = useSignal(false);
  const code = useSignal("");
  const form = useForm(async () => {
    const given = code.value.trim();
    const body = { challenge, ...(isRecovery.value ? { recovery_code: given } : { code: given }) };
    acceptUser((await api.post("/auth/login/totp", { body })).user);
    step.value = { name: "password" };
  });
  const change = () => {
    code.value = "";
    isRecovery.value = !isRecovery.value;
  };
  return (
    <>
      <h2>Second factor</h2>
      <form class="form" onSubmit={form.onSubmit}>
        <Field
          key={String(isRecovery.value)}
          label={isRecovery.value ? "Recovery code" : "Code of your authenticator app"}
          autocomplete="one-time-code"
          inputMode={isRecovery.value ? "text" : "numeric"}
          required
          value={code.value}
          error={form.errors.code}
          onText={(text) => (code.value = text)}
        />
        <Failure text={form.failure} />
        <Button type="submit" variant="primary" disabled={form.isSending}>
          Sign in
        </Button>
      </form>
      <div class="sign-in-links">
        <Button onClick={change}>
          {isRecovery.value ? "Use the authenticator app" : "Use a recovery code"}
        </Button>
        <Button onClick={() => (step.value = { name: "password" })}>Back</Button>
      </div>
    </>
  );
}
