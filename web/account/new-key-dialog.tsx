/** Creates an API key, and shows it this once. */
import { useState } from "preact/hooks";
import { api, type Schemas } from "../api/client.ts";
import { Button } from "../ui/button.tsx";
import { Checkboxes } from "../ui/choices.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { type FieldErrors, Form, textOf } from "../ui/form.tsx";
import { BudgetFields } from "./budget-fields.tsx";
import { budgetIn } from "./budget.ts";
import { CopyTextButton } from "./copy-text-button.tsx";
import { type Account, proofFields, proofIn, StepUpFields } from "./step-up.tsx";

type NewKeyDialogProps = { account: Account; onCreated: () => void; onClose: () => void };

type Scope = Schemas["ApiKey"]["scopes"][number];

const SCOPES: { value: Scope; label: string; hint: string }[] = [
  { value: "chat", label: "Chat", hint: "chats, messages and answers" },
  { value: "files", label: "Files", hint: "documents and their analysis" },
  { value: "usage", label: "Usage", hint: "tokens and cost" },
  { value: "read", label: "Read", hint: "everything that can be read, and nothing else" },
];

export function NewKeyDialog({ account, onCreated, onClose }: NewKeyDialogProps) {
  const [created, setCreated] = useState<Schemas["CreatedApiKey"]>();
  const create = async (values: FormData) => {
    setCreated(await api.post("/auth/keys", { body: bodyOf(values) }));
    onCreated();
  };
  return (
    <Dialog title={created ? "Your new key" : "Create an API key"} onClose={onClose}>
      {created ? (
        <CreatedKey created={created} onClose={onClose} />
      ) : (
        <Form submit="Create the key" onSubmit={create} onCancel={onClose} fieldOf={proofFields()}>
          {(errors) => <NewKeyFields account={account} errors={errors} />}
        </Form>
      )}
    </Dialog>
  );
}

function NewKeyFields({ account, errors }: { account: Account; errors: FieldErrors }) {
  return (
    <>
      <Field
        label="Name"
        hint="What it is for."
        name="name"
        autocomplete="off"
        required
        maxLength={200}
        error={errors.name}
      />
      <Checkboxes legend="What it may do" name="scopes" choices={SCOPES} error={errors.scopes} />
      <Field
        label="Last day (UTC)"
        hint="Without one it is valid until you revoke it."
        name="expires_at"
        type="date"
        error={errors.expires_at}
      />
      <details>
        <summary>Limits of its own</summary>
        <div class="form">
          <BudgetFields errors={errors} />
        </div>
      </details>
      <StepUpFields account={account} errors={errors} />
    </>
  );
}

function bodyOf(values: FormData): Schemas["NewApiKey"] {
  const lastDay = textOf(values, "expires_at");
  const chosen = values.getAll("scopes");
  return {
    name: textOf(values, "name"),
    scopes: SCOPES.map(({ value }) => value).filter((scope) => chosen.includes(scope)),
    expires_at: lastDay ? `${lastDay}T23:59:59Z` : null,
    budget: budgetIn(values),
    ...proofIn(values),
  };
}

type CreatedKeyProps = { created: Schemas["CreatedApiKey"]; onClose: () => void };

function CreatedKey({ created: { key, name }, onClose }: CreatedKeyProps) {
  return (
    <>
      <p class="notice notice-warning" role="status">
        Copy the key “{name}” now: it is not shown again.
      </p>
      <div class="secret">
        <code>{key}</code>
        <CopyTextButton text={key} label="Copy the key" />
      </div>
      <div class="dialog-actions">
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </>
  );
}
