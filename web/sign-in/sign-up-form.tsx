/** A new account. */
import { useSignal } from "@preact/signals";
import { api } from "../api/client.ts";
import { acceptUser } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/failure.tsx";
import { Field } from "../ui/field.tsx";
import { step } from "./steps.ts";
import { useForm } from "./use-form.ts";

type Account = { name: string; email: string; password: string };

export function SignUpForm() {
  const account = useSignal<Account>({ name: "", email: "", password: "" });
  const form = useForm(async () => {
    acceptUser((await api.post("/auth/register", { body: account.value })).user);
  });
  return (
    <>
      <h2>Create an account</h2>
      <form class="form" onSubmit={form.onSubmit}>
        <AccountFields
          account={account.value}
          errors={form.errors}
          onChange={(changed) => (account.value = changed)}
        />
        <Failure text={form.failure} />
        <Button type="submit" variant="primary" disabled={form.isSending}>
          Create the account
        </Button>
      </form>
      <div class="sign-in-links">
        <Button onClick={() => (step.value = { name: "password" })}>I have an account</Button>
      </div>
    </>
  );
}

type FieldsProps = {
  account: Account;
  errors: Record<string, string>;
  onChange: (account: Account) => void;
};

function AccountFields({ account, errors, onChange }: FieldsProps) {
  return (
    <>
      <Field
        label="Name"
        autocomplete="name"
        required
        maxLength={200}
        value={account.name}
        error={errors.name}
        onText={(name) => onChange({ ...account, name })}
      />
      <Field
        label="E-mail"
        type="email"
        autocomplete="username"
        required
        value={account.email}
        error={errors.email}
        onText={(email) => onChange({ ...account, email })}
      />
      <Field
        label="Password"
        type="password"
        autocomplete="new-password"
        required
        minLength={8}
        maxLength={128}
        hint="At least 8 characters. A few random words are easy to remember."
        value={account.password}
        error={errors.password}
        onText={(password) => onChange({ ...account, password })}
      />
    </>
  );
}
