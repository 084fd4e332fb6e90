/** Why something was refused, read out at once. */

export function Failure({ text }: { text: string | undefined }) {
  return <div role="alert">{text !== undefined && <p class="notice notice-danger">{text}</p>}</div>;
}
