/** What the links of mails lead to: `/app#verify_email=TOKEN` and `/app#reset_password=TOKEN`. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../api/client.ts";
import { sentenceOf } from "../api/problems.ts";
import { endSession, refreshUser, session } from "../api/session.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Form, textOf } from "../ui/form.tsx";
import { toast } from "./toast.tsx";

type MailLink = { action: "verify_email" | "reset_password"; token: string };

const link = signal(takeLink());

// A link that is pasted into a tab with the page loads no new document.
window.addEventListener("hashchange", () => (link.value = takeLink() ?? link.peek()));

/** Takes the token out of the address, so that it stays in no history. */
function takeLink(): MailLink | undefined {
  const [, action, token = ""] =
    /^#(verify_email|reset_password)=([\w-]+)$/.exec(window.location.hash) ?? [];
  if (action !== "verify_email" && action !== "reset_password") return undefined;
  window.history.replaceState(null, "", window.location.pathname);
  return { action, token };
}

export function FromMail() {
  const now = link.value;
  // What the page loads at first would show the account as it was before.
  const isLoaded = session.value.status !== "loading";
  useEffect(() => {
    if (isLoaded && now?.action === "verify_email") void verify(now.token);
  }, [now, isLoaded]);
  return now?.action === "reset_password" ? <ResetForm token={now.token} /> : null;
}

async function verify(token: string): Promise<void> {
  link.value = undefined;
  try {
    await api.post("/auth/email/verify", { body: { token } });
    toast("Your e-mail address is verified.");
    await refreshUser();
  } catch (error) {
    toast(sentenceOf(error), { kind: "error" });
  }
}

function ResetForm({ token }: { token: string }) {
  const reset = async (values: FormData) => {
    const body = { token, new_password: textOf(values, "new_password") };
    await api.post("/auth/password/reset", { body });
    link.value = undefined;
    toast("Your password is changed. Sign in with it.");
    await endSession();
  };
  return (
    <Dialog title="Set a new password" onClose={() => (link.value = undefined)}>
      <Form submit="Set the password" onSubmit={reset}>
        {(errors) => (
          <Field
            label="New password"
            name="new_password"
            type="password"
            autocomplete="new-password"
            required
            minLength={8}
            maxLength={128}
            hint="All of your sessions and API keys end."
            error={errors.new_password}
          />
        )}
      </Form>
    </Dialog>
  );
}
