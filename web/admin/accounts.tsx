/** All accounts, with a search, and what can be changed about each. */
import { useState } from "preact/hooks";
import { api, type Schemas } from "../api/client.ts";
import { type Pages, usePages } from "../api/pages.ts";
import { sentenceOf } from "../api/problems.ts";
import { announce } from "../app/announce.tsx";
import { toast } from "../app/toast.tsx";
import { Button } from "../ui/button.tsx";
import { confirmed } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { textOf } from "../ui/form.tsx";
import { Paged } from "../ui/paged.tsx";
import { Table } from "../ui/table.tsx";
import { accountColumns } from "./account-columns.tsx";
import { BudgetDialog } from "./budget-dialog.tsx";

type Account = Schemas["Account"];

const PAGE_SIZE = 25;

export function Accounts() {
  const [search, setSearch] = useState("");
  const [budgetOf, setBudgetOf] = useState<Account>();
  const accounts = usePages((cursor, signal) => loadPage({ search, cursor }, signal), search);
  const show = showIn(accounts);
  const columns = accountColumns({
    onActive: (account) => void changeActive(account, show),
    onRole: (account) => void changeRole(account, show),
    onBudget: setBudgetOf,
  });
  return (
    <section class="form" aria-labelledby="accounts">
      <h2 id="accounts">Accounts</h2>
      <SearchForm onSearch={setSearch} />
      <Paged of={accounts} label="Loading the accounts" empty="No such account">
        {(items) => (
          <Table caption="Accounts" columns={columns} rows={items} keyOf={({ id }) => id} />
        )}
      </Paged>
      {budgetOf && (
        <BudgetDialog account={budgetOf} onChanged={show} onClose={() => setBudgetOf(undefined)} />
      )}
    </section>
  );
}

function SearchForm({ onSearch }: { onSearch: (text: string) => void }) {
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(textOf(new FormData(event.currentTarget), "search").trim());
      }}
    >
      <Field
        label="Search for accounts"
        hint="A part of the name or address, or an id."
        name="search"
        type="search"
        maxLength={400}
      />
      <Button type="submit" icon="search">
        Search
      </Button>
    </form>
  );
}

async function loadPage(
  { search, cursor }: { search: string; cursor: string | undefined },
  signal: AbortSignal,
) {
  const query = { limit: PAGE_SIZE, ...(search && { search }), ...(cursor && { cursor }) };
  const { users: items, next_cursor: next } = await api.get("/admin/users", { query, signal });
  return { items, next };
}

type Show = (changed: Account) => void;

/** Shows an account as it is now, in its row. */
function showIn(accounts: Pages<Account>): Show {
  return (changed) => {
    accounts.update((each) => (each.id === changed.id ? changed : each));
    announce(`${changed.name} was changed.`);
  };
}

async function changeActive(account: Account, show: Show): Promise<void> {
  const { id, name, is_active: isActive } = account;
  const question = {
    title: `Deactivate ${name}?`,
    text: "All devices are signed out and all API keys are revoked. Chats and documents stay.",
    confirm: "Deactivate",
  };
  if (isActive && !(await confirmed(question))) return;
  await change(id, { is_active: !isActive }, show);
}

async function changeRole(account: Account, show: Show): Promise<void> {
  const { id, name, role } = account;
  const next = role === "admin" ? "user" : "admin";
  const question = {
    title: next === "admin" ? `Make ${name} an administrator?` : `Withdraw ${name}’s role?`,
    text:
      next === "admin"
        ? "Administrators see and change all accounts, budgets and security events."
        : "The account stays, and administers nothing any more.",
    confirm: next === "admin" ? "Make administrator" : "Withdraw",
  };
  if (await confirmed(question)) await change(id, { role: next }, show);
}

async function change(id: string, body: Schemas["AccountChange"], show: Show): Promise<void> {
  try {
    show(await api.patch("/admin/users/{id}", { path: { id }, body }));
  } catch (error) {
    toast(sentenceOf(error), { kind: "error" });
  }
}
