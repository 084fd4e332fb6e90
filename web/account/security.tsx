/** How the account signs in: password, second factor, identity provider. */
import { api } from "../api/client.ts";
import { toast } from "../app/toast.tsx";
import { Field } from "../ui/field.tsx";
import { Form, textOf } from "../ui/form.tsx";
import type { SectionProps } from "./account-page.tsx";
import { IdentityProvider } from "./identity-provider.tsx";
import { SecondFactor } from "./second-factor.tsx";
import { proofFields, proofIn, StepUpFields } from "./step-up.tsx";

export function Security(props: SectionProps) {
  const { has_password: hasPassword, identity_provider: provider } = props.account;
  return (
    <>
      {hasPassword && <Password {...props} />}
      <SecondFactor {...props} />
      {provider !== "not_configured" && <IdentityProvider {...props} />}
    </>
  );
}

function Password({ account }: SectionProps) {
  return (
    <section class="card form" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <p class="muted">A change signs out all your other devices.</p>
      <Form
        submit="Change password"
        onSubmit={changePassword}
        fieldOf={proofFields("current_password")}
      >
        {(errors) => (
          <>
            <StepUpFields account={account} errors={errors} name="current_password" />
            <Field
              label="New password"
              hint="At least 8 characters. A few unrelated words are easy to remember and hard to guess."
              name="new_password"
              type="password"
              autocomplete="new-password"
              required
              minLength={8}
              error={errors.new_password}
            />
          </>
        )}
      </Form>
    </section>
  );
}

async function changePassword(values: FormData): Promise<void> {
  const proof = proofIn(values, "current_password");
  const body = { ...proof, new_password: textOf(values, "new_password") };
  const { message } = await api.post("/auth/password", { body });
  toast(`${message} Your other devices are signed out.`);
}
