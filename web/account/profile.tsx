/** Name and e-mail address. */
import { api } from "../api/client.ts";
import { sentenceOf } from "../api/problems.ts";
import { toast } from "../app/toast.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Form, textOf } from "../ui/form.tsx";
import { formatDate } from "../ui/instant.ts";
import type { SectionProps } from "./account-page.tsx";
import { proofFields, proofIn, StepUpFields } from "./step-up.tsx";

export function Profile(props: SectionProps) {
  const { account } = props;
  return (
    <>
      <section class="card form" aria-labelledby="name">
        <h2 id="name">Name</h2>
        <NameForm {...props} />
        <p class="muted">
          This account was created on {formatDate(account.created_at)}
          {account.role === "admin" && ", and administers this server"}.
        </p>
      </section>
      <section class="card form" aria-labelledby="address">
        <h2 id="address">E-mail address</h2>
        <AddressState {...props} />
        <AddressForm {...props} />
      </section>
    </>
  );
}

function NameForm({ account, reload }: SectionProps) {
  const change = async (values: FormData) => {
    await api.patch("/users/me", { body: { name: textOf(values, "name") } });
    toast("Your name was changed.");
    reload();
  };
  return (
    <Form submit="Change name" onSubmit={change}>
      {(errors) => (
        <Field
          label="Name"
          name="name"
          autocomplete="name"
          required
          maxLength={200}
          defaultValue={account.name}
          error={errors.name}
        />
      )}
    </Form>
  );
}

/** Which addresses there are, and what they wait for. */
function AddressState({ account }: SectionProps) {
  const { email, email_verified: isVerified, pending_email: pending } = account;
  return (
    <>
      <p>
        {email}{" "}
        <span class={isVerified ? "badge badge-good" : "badge"}>
          {isVerified ? "Verified" : "Not verified"}
        </span>
      </p>
      {pending !== null && (
        <p class="notice">
          {pending} replaces it once you follow the link in the mail that was sent there. To
          withdraw it, enter {email} below.
        </p>
      )}
      {(pending !== null || !isVerified) && (
        <div class="form-actions">
          <Button onClick={() => void resend()}>Send the mail again</Button>
        </div>
      )}
    </>
  );
}

async function resend(): Promise<void> {
  try {
    const { message } = await api.post("/auth/email/verify/resend");
    toast(message);
  } catch (error) {
    toast(sentenceOf(error), { kind: "error" });
  }
}

function AddressForm({ account, reload }: SectionProps) {
  const change = async (values: FormData) => {
    const body = { email: textOf(values, "email"), ...proofIn(values, "current_password") };
    const { pending_email: pending } = await api.patch("/users/me", { body });
    toast(
      pending === null ? "No other address is pending." : `A mail is on its way to ${pending}.`,
    );
    reload();
  };
  return (
    <Form submit="Change address" onSubmit={change} fieldOf={proofFields("current_password")}>
      {(errors) => (
        <>
          <Field
            label="New e-mail address"
            name="email"
            type="email"
            autocomplete="off"
            required
            error={errors.email}
          />
          <StepUpFields account={account} errors={errors} name="current_password" />
        </>
      )}
    </Form>
  );
}
