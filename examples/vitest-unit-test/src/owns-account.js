import { PlaidAdapterError } from "plaid-edge";

/**
 * Whether the bank knows somebody of this name as an owner of the linked accounts. "unknown" if the bank can't be
 * asked right now, so that nobody is turned away for that.
 * @param {import("plaid-edge").PlaidAdapter} plaid
 * @returns {Promise<"yes" | "no" | "unknown">}
 */
export async function ownsAccount(plaid, accessToken, name) {
  try {
    const { accounts } = await plaid.identityRequest(accessToken);
    const names = accounts.flatMap(({ owners }) => owners.flatMap(({ names }) => names));
    return names.some((known) => simple(known) === simple(name)) ? "yes" : "no";
  } catch (error) {
    if (error instanceof PlaidAdapterError && error.retryable) return "unknown";
    throw error;
  }
}

const simple = (name) => name.toLowerCase().replace(/\s+/g, " ").trim();
