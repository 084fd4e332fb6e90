/** Sets the budget of an account. */
import { BudgetFields } from "../account/budget-fields.tsx";
import { budgetIn } from "../account/budget.ts";
import { api, type Schemas } from "../api/client.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Form } from "../ui/form.tsx";

type BudgetDialogProps = {
  account: Schemas["Account"];
  onChanged: (account: Schemas["Account"]) => void;
  onClose: () => void;
};

export function BudgetDialog({ account, onChanged, onClose }: BudgetDialogProps) {
  const { id, name, budget } = account;
  const change = async (values: FormData) => {
    const body = { budget: budgetIn(values) };
    onChanged(await api.patch("/admin/users/{id}", { path: { id }, body }));
    onClose();
  };
  return (
    <Dialog title={`Budget of ${name}`} onClose={onClose}>
      <Form submit="Set the budget" onSubmit={change} onCancel={onClose}>
        {(errors) => <BudgetFields budget={budget} errors={errors} hasModes />}
      </Form>
    </Dialog>
  );
}
