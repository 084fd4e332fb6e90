/** Proves again who is signed in, before a change that a stolen session must not make: see docs/sign-in.md. */
import type { Schemas } from "../api/client.ts";
import { path } from "../app/router.tsx";
import { Field } from "../ui/field.tsx";
import { type FieldErrors, textOf } from "../ui/form.tsx";

export type Account = Schemas["OwnAccount"];

/** What the body of the change calls the password. */
type PasswordName = "password" | "current_password";

/** Which field a refused proof belongs to. */
export function proofFields(password: PasswordName = "password") {
  return {
    invalid_credentials: password,
    too_many_password_checks: password,
    second_factor_required: "code",
    invalid_code: "code",
    too_many_codes: "code",
  } as const;
}

type StepUpProps = { account: Account; errors: FieldErrors; name?: PasswordName };

/** The fields that the account needs. Without a password it needs a fresh sign-in. */
export function StepUpFields({ account, errors, name = "password" }: StepUpProps) {
  return (
    <>
      {account.has_password ? (
        <Field
          label="Current password"
          name={name}
          type="password"
          autocomplete="current-password"
          required
          error={errors[name]}
        />
      ) : (
        <FreshSignIn />
      )}
      {account.has_second_factor && (
        <Field
          label="Code"
          hint="Of your authenticator app, or one of your recovery codes."
          name="code"
          autocomplete="one-time-code"
          required
          error={errors.code}
        />
      )}
    </>
  );
}

function FreshSignIn() {
  const start = `/auth/oidc/start?return_to=${encodeURIComponent(path.value)}`;
  return (
    <p class="notice">
      This needs a sign-in through your identity provider within the last ten minutes.{" "}
      <a href={start}>Sign in again</a>
    </p>
  );
}

/** The proof as a body has it: fields that the form does not show are left out. */
export function proofIn<N extends PasswordName = "password">(
  values: FormData,
  name?: N,
): { [K in N | "code"]?: string } {
  const shown = [name ?? "password", "code"].map((field) => [field, textOf(values, field)]);
  return Object.fromEntries(shown.filter(([, text]) => text));
}
