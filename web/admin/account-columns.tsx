/** The columns of accounts, and what can be done with each. */
import type { Schemas } from "../api/client.ts";
import { budgetText, modeOf, PERIODS } from "../account/budget.ts";
import { formatDate, formatInstant } from "../ui/instant.ts";
import { Menu } from "../ui/menu.tsx";
import type { Column } from "../ui/table.tsx";
import { formatCount, formatMoney } from "../usage/amounts.ts";

type Account = Schemas["Account"];

type AccountActions = {
  onActive: (account: Account) => void;
  onRole: (account: Account) => void;
  onBudget: (account: Account) => void;
};

export function accountColumns(actions: AccountActions): Column<Account>[] {
  return [
    { title: "Account", cell: Name },
    { title: "State", cell: State },
    {
      title: "Last seen",
      cell: ({ last_seen_at: at }) => (at === null ? "Never" : formatInstant(at)),
    },
    { title: "Cost this month", isNumber: true, cell: ({ usage }) => formatMoney(usage.cost) },
    { title: "Tokens this month", isNumber: true, cell: ({ usage }) => formatCount(usage.tokens) },
    { title: "Budget", cell: ({ budget }) => describeBudget(budget) },
    { title: "Actions", cell: (account) => <Actions account={account} {...actions} /> },
  ];
}

function Name({ name, email, created_at: createdAt }: Account) {
  return (
    <>
      <strong>{name}</strong>
      <br />
      {email}
      <br />
      <span class="muted">since {formatDate(createdAt)}</span>
    </>
  );
}

function State({ is_active: isActive, role }: Account) {
  return (
    <>
      <span class={isActive ? "badge badge-good" : "badge badge-bad"}>
        {isActive ? "Active" : "Deactivated"}
      </span>{" "}
      {role === "admin" && <span class="badge">Administrator</span>}
    </>
  );
}

function describeBudget(budget: Account["budget"]): string {
  const lifted = PERIODS.filter((period) => modeOf(budget[period]) === "none");
  const texts = [budgetText(budget), ...lifted.map((period) => `no limit a ${period}`)];
  return texts.filter(Boolean).join(", ") || "As configured";
}

function Actions({ account, onActive, onRole, onBudget }: AccountActions & { account: Account }) {
  const { name, is_active: isActive, role } = account;
  return (
    <Menu
      label={`Change ${name}`}
      actions={[
        { label: "Change the budget", icon: "chart", run: () => onBudget(account) },
        {
          label: role === "admin" ? "Withdraw the role of administrator" : "Make administrator",
          icon: "shield",
          run: () => onRole(account),
        },
        {
          label: isActive ? "Deactivate" : "Reactivate",
          icon: "person",
          isDangerous: isActive,
          run: () => onActive(account),
        },
      ]}
    />
  );
}
