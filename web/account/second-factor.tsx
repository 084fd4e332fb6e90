/** The second factor: enrolment of an authenticator app, its recovery codes, and its end. */
import { useState } from "preact/hooks";
import { api, type Schemas } from "../api/client.ts";
import { toast } from "../app/toast.tsx";
import { Field } from "../ui/field.tsx";
import { Form, textOf } from "../ui/form.tsx";
import type { SectionProps } from "./account-page.tsx";
import { CopyTextButton } from "./copy-text-button.tsx";
import { QrCode } from "./qr-code.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";
import { proofFields, proofIn, StepUpFields } from "./step-up.tsx";

export function SecondFactor(props: SectionProps) {
  const [codes, setCodes] = useState<readonly string[]>();
  const { account, reload } = props;
  const isOn = account.has_second_factor || codes !== undefined;
  const finish = () => {
    setCodes(undefined);
    reload();
  };
  return (
    <section class="card form" aria-labelledby="second-factor">
      <h2 id="second-factor">
        Second factor <span class={isOn ? "badge badge-good" : "badge"}>{isOn ? "On" : "Off"}</span>
      </h2>
      {codes ? (
        <RecoveryCodes codes={codes} onDone={finish} />
      ) : account.has_second_factor ? (
        <Removal {...props} />
      ) : (
        <Enrolment account={account} onCodes={setCodes} />
      )}
    </section>
  );
}

type EnrolmentProps = Pick<SectionProps, "account"> & { onCodes: (codes: string[]) => void };

function Enrolment({ account, onCodes }: EnrolmentProps) {
  const [begun, setBegun] = useState<Schemas["SecondFactorSecret"]>();
  const begin = async (values: FormData) => {
    const { password = null } = proofIn(values);
    setBegun(await api.post("/auth/totp", { body: { password } }));
  };
  if (begun) return <AppCode {...begun} onCodes={onCodes} onCancel={() => setBegun(undefined)} />;
  return (
    <>
      <p>
        An authenticator app on your phone shows a new code every 30 seconds. A sign-in by password,
        and every change that asks for your password, will ask for a code, too.
      </p>
      <Form submit="Set up an app" onSubmit={begin} fieldOf={proofFields()}>
        {(errors) => <StepUpFields account={account} errors={errors} />}
      </Form>
    </>
  );
}

type AppCodeProps = Schemas["SecondFactorSecret"] & {
  onCodes: (codes: string[]) => void;
  onCancel: () => void;
};

/** Nothing has changed before the app's first code is confirmed. */
function AppCode({ secret, otpauth_url: url, onCodes, onCancel }: AppCodeProps) {
  const confirm = async (values: FormData) => {
    const body = { code: textOf(values, "code").trim() };
    onCodes((await api.post("/auth/totp/confirm", { body })).recovery_codes);
  };
  return (
    <>
      <p>Scan this code with the app, or enter the key by hand.</p>
      <QrCode text={url} label="The key of the authenticator app as a QR code" />
      <div class="secret">
        <code>{secret}</code>
        <CopyTextButton text={secret} label="Copy the key" />
      </div>
      <Form
        submit="Turn on"
        onSubmit={confirm}
        onCancel={onCancel}
        fieldOf={{ invalid_code: "code", too_many_codes: "code" }}
      >
        {(errors) => (
          <Field
            label="Code of the app"
            name="code"
            inputMode="numeric"
            autocomplete="one-time-code"
            required
            error={errors.code}
          />
        )}
      </Form>
    </>
  );
}

function Removal({ account, reload }: SectionProps) {
  const remove = async (values: FormData) => {
    const { message } = await api.delete("/auth/totp", { body: proofIn(values) });
    toast(message);
    reload();
  };
  return (
    <>
      <p>
        Sign-ins by password and changes of the account ask for a code. For new recovery codes, turn
        it off and set it up again.
      </p>
      <Form submit="Turn off" variant="danger" onSubmit={remove} fieldOf={proofFields()}>
        {(errors) => <StepUpFields account={account} errors={errors} />}
      </Form>
    </>
  );
}
