import { jest } from "@jest/globals";
import * as plaidEdge from "plaid-edge";
import * as sandbox from "plaid-edge/sandbox";
import { short } from "./short.cjs";
import { tests } from "./tests.cjs";

tests({ ...plaidEdge, ...sandbox }, short, jest);
