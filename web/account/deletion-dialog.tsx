/** Deletes the account, after the person has typed its address and proved who it is. */
import { requestJson } from "../api/request.ts";
import { session } from "../api/session.ts";
import { navigate } from "../app/router.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Form, InvalidField, textOf } from "../ui/form.tsx";
import { type Account, proofFields, proofIn, StepUpFields } from "./step-up.tsx";

export function DeletionDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const erase = async (values: FormData) => {
    if (textOf(values, "confirmation").trim() !== account.email) {
      throw new InvalidField("confirmation", `Type ${account.email} to confirm.`);
    }
    const response = await requestJson("DELETE", "/users/me", proofIn(values));
    navigate(receiptPath(response), { replace: true });
    session.value = { status: "signed-out", hasEnded: false };
  };
  return (
    <Dialog title="Delete this account?" onClose={onClose}>
      <p>Every chat, message and document is erased. This cannot be undone.</p>
      <Form
        submit="Delete for good"
        variant="danger"
        onSubmit={erase}
        onCancel={onClose}
        fieldOf={proofFields()}
      >
        {(errors) => (
          <>
            <Field
              label="Your e-mail address"
              hint={`Type ${account.email}`}
              name="confirmation"
              autocomplete="off"
              required
              error={errors.confirmation}
            />
            <StepUpFields account={account} errors={errors} />
          </>
        )}
      </Form>
    </Dialog>
  );
}

/** The view of the receipt that `Location` names. */
function receiptPath({ headers }: Response): string {
  const id = headers.get("location")?.split("/").at(-1) ?? "";
  return `/app/erasures/${encodeURIComponent(id)}`;
}
