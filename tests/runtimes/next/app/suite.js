import * as plaidEdge from "plaid-edge";
import * as sandbox from "plaid-edge/sandbox";
import * as jose from "../jose.js";
import { run } from "../suite/index.js";

export const result = () => run({ ...plaidEdge, ...sandbox, jose });
