/** The identity at the firm's identity provider. */
import { api } from "../api/client.ts";
import { path, query } from "../app/router.tsx";
import { Form } from "../ui/form.tsx";
import type { SectionProps } from "./account-page.tsx";
import { proofFields, proofIn, StepUpFields } from "./step-up.tsx";

/** What the provider's page comes back with, where it has failed. */
const FAILURES: Record<string, string> = {
  identity_taken:
    "This identity is linked to another account, or this account to another identity.",
  sign_in_denied: "The identity provider denied the sign-in, or it was cancelled.",
  sign_in_expired: "That took too long. Start again.",
};

export function IdentityProvider({ account }: SectionProps) {
  const failure = query.value.get("error");
  return (
    <section class="card form" aria-labelledby="provider">
      <h2 id="provider">Identity provider</h2>
      {failure !== null && (
        <p class="notice notice-danger" role="alert">
          {FAILURES[failure] ?? `The identity could not be linked (${failure}). Try again.`}
        </p>
      )}
      {account.identity_provider === "linked" ? (
        <p>This account is linked: you can sign in through your identity provider.</p>
      ) : (
        <LinkForm account={account} />
      )}
    </section>
  );
}

function LinkForm({ account }: Pick<SectionProps, "account">) {
  return (
    <>
      <p>Link this account to your identity there, to sign in without the password.</p>
      <Form submit="Link my identity" onSubmit={link} fieldOf={proofFields()}>
        {(errors) => <StepUpFields account={account} errors={errors} />}
      </Form>
    </>
  );
}

/** Leaves the page for that of the provider. */
async function link(values: FormData): Promise<void> {
  const body = { ...proofIn(values), return_to: path.value };
  const { authorization_url: url } = await api.post("/auth/oidc/link", { body });
  window.location.assign(url);
}
