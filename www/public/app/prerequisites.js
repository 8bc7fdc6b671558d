/** What each step needs from the steps before it. */
import { state } from "./state.js";

const STEPS = [
  {
    step: "link-token",
    met: () => usableLinkToken() || state.publicToken || state.itemId,
    text: "There is no link token yet.",
  },
  { step: "link", met: () => state.publicToken || state.itemId, text: "No account is linked yet." },
  { step: "exchange", met: () => state.itemId, text: "The public token has not been exchanged yet." },
  { step: "accounts", met: () => state.auth, text: "The accounts have not been read yet." },
];

/** The first step up to `last` that is still to be done, as the reason that a button shows; undefined if none is. */
export function unmet(last) {
  const until = STEPS.findIndex(({ step }) => step === last);
  const index = STEPS.findIndex(({ met }, at) => at <= until && !met());
  if (index === -1) return undefined;
  const { step, text } = STEPS[index];
  return { text, step, link: `Go to step ${index + 1}` };
}

/** The link token, unless it has expired. One that has linked an account is forgotten, because it can't do so again. */
export function usableLinkToken() {
  const { linkToken } = state;
  return linkToken && Date.parse(linkToken.expiration) > Date.now() ? linkToken : null;
}
