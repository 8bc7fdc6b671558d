import assert from "node:assert/strict";
import { runDocument, worker } from "./document.js";

runDocument("docs/runtimes.md", {
  manual: worker(async ({ fetch }) => {
    assert.match((await (await fetch("/")).json()).link_token, /^link-sandbox-/);
  }),
});
