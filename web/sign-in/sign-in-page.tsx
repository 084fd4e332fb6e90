/** What is shown where nobody is signed in: one form at a time. */
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Schemas } from "../api/client.ts";
import { session } from "../api/session.ts";
import { ForgottenForm } from "./forgotten-form.tsx";
import { Provider } from "./provider.tsx";
import { SecondFactorForm } from "./second-factor-form.tsx";
import { PasswordForm } from "./password-form.tsx";
import { SignUpForm } from "./sign-up-form.tsx";
import { step } from "./steps.ts";

const methods = signal<Schemas["SignInMethods"] | undefined>(undefined);

/** Until the server has said otherwise, a password is asked for. */
const offered = computed(() => methods.value ?? { password: true, oidc: false, mail: false });

async function loadMethods(): Promise<void> {
  try {
    methods.value = await api.get("/auth/methods");
  } catch {
    // The forms say why the server does not respond.
    methods.value = undefined;
  }
}

export function Page() {
  useEffect(() => void loadMethods(), []);
  const now = session.value;
  const hasEnded = now.status === "signed-out" && now.hasEnded === true;
  return (
    <main class="sign-in">
      <h1 class="brand">Indifly</h1>
      {hasEnded && <p class="notice">Your session has ended. Sign in again to go on.</p>}
      <div class="card">
        <Step />
      </div>
    </main>
  );
}

function Step() {
  const { password, oidc, mail } = offered.value;
  const now = step.value;
  if (now.name === "second-factor") return <SecondFactorForm challenge={now.challenge} />;
  if (now.name === "sign-up") return <SignUpForm />;
  if (now.name === "forgotten") return <ForgottenForm />;
  return (
    <>
      <h2>Sign in</h2>
      {password && <PasswordForm canReset={mail} />}
      {oidc && <Provider isAlone={!password} />}
    </>
  );
}
