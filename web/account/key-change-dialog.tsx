/** Changes the name and the limits of an API key. Its scopes never change. */
import { api, type Schemas } from "../api/client.ts";
import { toast } from "../app/toast.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Form, textOf } from "../ui/form.tsx";
import { BudgetFields } from "./budget-fields.tsx";
import { budgetIn } from "./budget.ts";

type KeyChangeDialogProps = {
  apiKey: Schemas["ApiKey"];
  onChanged: () => void;
  onClose: () => void;
};

export function KeyChangeDialog({ apiKey, onChanged, onClose }: KeyChangeDialogProps) {
  const { id, name, budget } = apiKey;
  const change = async (values: FormData) => {
    const body = { name: textOf(values, "name"), budget: budgetIn(values) };
    await api.patch("/auth/keys/{id}", { path: { id }, body });
    toast("The key was changed.");
    onChanged();
    onClose();
  };
  return (
    <Dialog title={`Change “${name}”`} onClose={onClose}>
      <Form submit="Change the key" onSubmit={change} onCancel={onClose}>
        {(errors) => (
          <>
            <Field
              label="Name"
              name="name"
              required
              maxLength={200}
              defaultValue={name}
              error={errors.name}
            />
            <BudgetFields budget={budget} errors={errors} />
          </>
        )}
      </Form>
    </Dialog>
  );
}
