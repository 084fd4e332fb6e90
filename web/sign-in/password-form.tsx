/** The sign-in by password. */
import { useSignal } from "@preact/signals";
import { api } from "../api/client.ts";
import { isProblem } from "../api/problems.ts";
import { acceptUser } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/failure.tsx";
import { Field } from "../ui/field.tsx";
import { step } from "./steps.ts";
import { useForm } from "./use-form.ts";

export function PasswordForm({ canReset }: { canReset: boolean }) {
  const email = useSignal("");
  const password = useSignal("");
  const form = useForm(() => signIn(email.value, password.value));
  return (
    <>
      <form class="form" onSubmit={form.onSubmit}>
        <Field
          label="E-mail"
          type="email"
          autocomplete="username"
          required
          value={email.value}
          onText={(text) => (email.value = text)}
        />
        <Field
          label="Password"
          type="password"
          autocomplete="current-password"
          required
          value={password.value}
          onText={(text) => (password.value = text)}
        />
        <Failure text={form.failure} />
        <Button type="submit" variant="primary" disabled={form.isSending}>
          Sign in
        </Button>
      </form>
      <div class="sign-in-links">
        <Button onClick={() => (step.value = { name: "sign-up" })}>Create an account</Button>
        {canReset && (
          <Button onClick={() => (step.value = { name: "forgotten" })}>Forgotten password</Button>
        )}
      </div>
    </>
  );
}

async function signIn(email: string, password: string): Promise<void> {
  try {
    acceptUser((await api.post("/auth/login", { body: { email, password } })).user);
  } catch (error) {
    const challenge = isProblem(error, "second_factor_required") && error.problem.challenge;
    if (typeof challenge !== "string") throw error;
    step.value = { name: "second-factor", challenge };
  }
}
