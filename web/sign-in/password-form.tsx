/** The sign-in by password. */
import { api } from "../api/client.ts";
import { isProblem } from "../api/problems.ts";
import { acceptUser } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Form, textOf } from "../ui/form.tsx";
import { step } from "./steps.ts";

export function PasswordForm({ canReset }: { canReset: boolean }) {
  return (
    <>
      <Form submit="Sign in" onSubmit={signIn}>
        {(errors) => (
          <>
            <Field
              label="E-mail"
              name="email"
              type="email"
              autocomplete="username"
              required
              error={errors.email}
            />
            <Field
              label="Password"
              name="password"
              type="password"
              autocomplete="current-password"
              required
              error={errors.password}
            />
          </>
        )}
      </Form>
      <div class="sign-in-links">
        <Button onClick={() => (step.value = { name: "sign-up" })}>Create an account</Button>
        {canReset && (
          <Button onClick={() => (step.value = { name: "forgotten" })}>Forgotten password</Button>
        )}
      </div>
    </>
  );
}

async function signIn(values: FormData): Promise<void> {
  const body = { email: textOf(values, "email"), password: textOf(values, "password") };
  try {
    acceptUser((await api.post("/auth/login", { body })).user);
  } catch (error) {
    const challenge = isProblem(error, "second_factor_required") && error.problem.challenge;
    if (typeof challenge !== "string") throw error;
    step.value = { name: "second-factor", challenge };
  }
}
