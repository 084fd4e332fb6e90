/** API keys for programs: create, rename, limit and revoke. */
import { useState } from "preact/hooks";
import { api, type Schemas } from "../api/client.ts";
import { sentenceOf } from "../api/problems.ts";
import { useResource } from "../api/resource.ts";
import { toast } from "../app/toast.tsx";
import { Button } from "../ui/button.tsx";
import { confirmed } from "../ui/dialog.tsx";
import { formatInstant } from "../ui/instant.ts";
import { EmptyState, Loaded } from "../ui/states.tsx";
import type { SectionProps } from "./account-page.tsx";
import { budgetText } from "./budget.ts";
import { KeyChangeDialog } from "./key-change-dialog.tsx";
import { NewKeyDialog } from "./new-key-dialog.tsx";

type ApiKey = Schemas["ApiKey"];

type KeyRowProps = { apiKey: ApiKey; onEdit: () => void; onChange: () => void };

export function ApiKeys({ account }: SectionProps) {
  const keys = useResource((signal) => api.get("/auth/keys", { signal }), "keys");
  const [open, setOpen] = useState<"new" | ApiKey>();
  const close = () => setOpen(undefined);
  return (
    <section class="card form" aria-labelledby="keys">
      <header class="page-head">
        <h2 id="keys">API keys</h2>
        <Button icon="plus" variant="primary" onClick={() => setOpen("new")}>
          Create a key
        </Button>
      </header>
      <p class="muted">
        A program that has a key acts for this account, within the scopes of the key. The API is
        described at <a href="/docs">/docs</a>.
      </p>
      <Loaded of={keys} label="Loading the keys">
        {(data) =>
          data.length === 0 ? (
            <EmptyState title="No keys" />
          ) : (
            <ul class="rows" aria-label="API keys">
              {data.map((key) => (
                <KeyRow
                  key={key.id}
                  apiKey={key}
                  onEdit={() => setOpen(key)}
                  onChange={keys.reload}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {open === "new" && <NewKeyDialog account={account} onCreated={keys.reload} onClose={close} />}
      {typeof open === "object" && (
        <KeyChangeDialog apiKey={open} onChanged={keys.reload} onClose={close} />
      )}
    </section>
  );
}

function KeyRow({ apiKey, onEdit, onChange }: KeyRowProps) {
  const { name, prefix, scopes, created_at, expires_at, last_used_at, budget } = apiKey;
  const limits = budgetText(budget);
  return (
    <li class="row">
      <div>
        <h3>{name}</h3>
        <p>
          <code>{prefix}…</code>{" "}
          {scopes.map((scope) => (
            <span key={scope} class="badge">
              {scope}
            </span>
          ))}
        </p>
        <p class="muted">
          Created {formatInstant(created_at)},{" "}
          {last_used_at === null ? "never used" : `last used ${formatInstant(last_used_at)}`},{" "}
          {expires_at === null ? "valid until revoked" : `valid until ${formatInstant(expires_at)}`}
          {limits && `. Limits: ${limits}`}
        </p>
      </div>
      <div class="form-actions">
        <Button label={`Change ${name}`} onClick={onEdit}>
          Change
        </Button>
        <Button
          variant="danger"
          label={`Revoke ${name}`}
          onClick={() => void revoke(apiKey, onChange)}
        >
          Revoke
        </Button>
      </div>
    </li>
  );
}

async function revoke({ id, name }: ApiKey, onChange: () => void): Promise<void> {
  const text = "Programs that use it are refused from their next request on.";
  if (!(await confirmed({ title: `Revoke “${name}”?`, text, confirm: "Revoke the key" }))) return;
  try {
    await api.delete("/auth/keys/{id}", { path: { id } });
    toast("The key is revoked.");
    onChange();
  } catch (error) {
    toast(sentenceOf(error), { kind: "error" });
  }
}
