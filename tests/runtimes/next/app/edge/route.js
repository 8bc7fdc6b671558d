import { result } from "../suite.js";

export const runtime = "edge";
export const dynamic = "force-dynamic";

export async function GET() {
  if (typeof EdgeRuntime !== "string") throw new Error("this is not the edge runtime");
  return Response.json(await result());
}
