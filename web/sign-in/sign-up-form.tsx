/** A new account. */
import { api } from "../api/client.ts";
import { acceptUser } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { type FieldErrors, Form, textOf } from "../ui/form.tsx";
import { step } from "./steps.ts";

export function SignUpForm() {
  return (
    <>
      <h2>Create an account</h2>
      <Form submit="Create the account" onSubmit={signUp}>
        {(errors) => <AccountFields errors={errors} />}
      </Form>
      <div class="sign-in-links">
        <Button onClick={() => (step.value = { name: "password" })}>I have an account</Button>
      </div>
    </>
  );
}

async function signUp(values: FormData): Promise<void> {
  const body = {
    name: textOf(values, "name"),
    email: textOf(values, "email"),
    password: textOf(values, "password"),
  };
  acceptUser((await api.post("/auth/register", { body })).user);
}

function AccountFields({ errors }: { errors: FieldErrors }) {
  return (
    <>
      <Field
        label="Name"
        name="name"
        autocomplete="name"
        required
        maxLength={200}
        error={errors.name}
      />
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
        autocomplete="new-password"
        required
        minLength={8}
        maxLength={128}
        hint="At least 8 characters. A few random words are easy to remember."
        error={errors.password}
      />
    </>
  );
}
