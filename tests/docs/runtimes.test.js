import assert from "node:assert/strict";
import { runDocument, worker } from "./document.js";

const givesLinkToken = worker(async ({ fetch }) => {
  assert.match((await (await fetch("/")).json()).link_token, /^link-sandbox-/);
});

runDocument("docs/runtimes.md", { manual: givesLinkToken, "sandbox manual": givesLinkToken });
