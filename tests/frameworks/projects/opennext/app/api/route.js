import * as plaidEdge from "plaid-edge";
import { short } from "../../short.js";

export const dynamic = "force-dynamic";

export async function GET() {
  // OpenNext finds an external subpath in Turbopack's chunks only if it is imported dynamically.
  const { PlaidSandbox } = await import("plaid-edge/sandbox");
  return Response.json(await short({ ...plaidEdge, PlaidSandbox }));
}
