/** A chat, or the start of a new one. */
import { EmptyState } from "../ui/states.tsx";

export function Page() {
  return <EmptyState title="What would you like to know?" />;
}
