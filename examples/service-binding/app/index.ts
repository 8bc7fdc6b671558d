// The Worker that users reach. It has no credentials: it asks the other one, over a service binding.

import type Bank from "../bank/index.js";
import type { Result } from "../bank/index.js";

interface Env {
  BANK: Service<typeof Bank>;
}

export default {
  async fetch(request, env) {
    const user = "user-1"; // from your login
    switch (`${request.method} ${new URL(request.url).pathname}`) {
      case "POST /link-token":
        return respond(await env.BANK.linkToken(user));
      case "POST /accounts": {
        const { public_token } = await request.json<{ public_token: string }>();
        return respond(await env.BANK.accounts(public_token));
      }
      default:
        return new Response("Not found", { status: 404 });
    }
  },
} satisfies ExportedHandler<Env>;

function respond(result: Result<unknown>) {
  if ("value" in result) return Response.json(result.value);
  const { kind, code, retryable } = result.error;
  return Response.json({ kind, code }, { status: retryable ? 503 : 422 });
}
