import { PlaidAdapter } from "plaid-edge";

let adapter;

/** One for all requests, made by the first: at build time there is no environment. */
export function plaid() {
  return (adapter ??= new PlaidAdapter(process.env));
}
