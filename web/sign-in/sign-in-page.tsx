/** Where nobody is signed in. */
import { useSignal } from "@preact/signals";
import type { TargetedSubmitEvent } from "preact";
import { api } from "../api/client.ts";
import { sentenceOf } from "../api/problems.ts";
import { acceptUser } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";

export function Page() {
  const email = useSignal("");
  const password = useSignal("");
  const failure = useSignal("");
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    failure.value = "";
    try {
      const body = { email: email.value, password: password.value };
      acceptUser((await api.post("/auth/login", { body })).user);
    } catch (error) {
      failure.value = sentenceOf(error);
    }
  };
  return (
    <main class="sign-in">
      <h1 class="brand">Indifly</h1>
      <form class="card" onSubmit={(event) => void submit(event)}>
        <h2>Sign in</h2>
        <Field
          label="E-mail"
          type="email"
          autocomplete="username"
          required
          onText={(text) => (email.value = text)}
        />
        <Field
          label="Password"
          type="password"
          autocomplete="current-password"
          required
          onText={(text) => (password.value = text)}
        />
        {failure.value && <p role="alert">{failure.value}</p>}
        <Button type="submit" variant="primary">
          Sign in
        </Button>
      </form>
    </main>
  );
}
