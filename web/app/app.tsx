/** What the page shows: the sign-in, or the views within their frame. */
import { session, loadSession } from "../api/session.ts";
import { Confirmation } from "../ui/dialog.tsx";
import { ErrorState, Loading } from "../ui/states.tsx";
import { LazyPage } from "./lazy-page.tsx";
import { path } from "./router.tsx";
import { findRoute } from "./routes.ts";
import { Shell } from "./shell.tsx";
import { LiveRegion } from "./announce.tsx";
import { FromMail } from "./mail-link.tsx";
import { Toasts } from "./toast.tsx";

const signIn = () => import("../sign-in/sign-in-page.tsx");

export function App() {
  return (
    <>
      <Content />
      <FromMail />
      <Confirmation />
      <LiveRegion />
      <Toasts />
    </>
  );
}

function Content() {
  const now = session.value;
  if (now.status === "loading") return <Loading label="Loading" />;
  if (now.status === "signed-in") return <Shell user={now.user} />;
  if (now.status === "signed-out") return <SignedOut />;
  return (
    <main class="page">
      <ErrorState text={now.sentence} onRetry={() => void loadSession()} />
    </main>
  );
}

/** The sign-in, but for views that need none. */
function SignedOut() {
  const found = findRoute(path.value);
  if (!found?.route.isOpen) return <LazyPage load={signIn} params={{}} />;
  return (
    <main>
      <LazyPage load={found.route.load} params={found.params} />
    </main>
  );
}
