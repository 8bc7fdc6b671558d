// Every fenced block of a document that holds code, with the name in the comment above it:
//
//   <!-- run: worker -->
//   ```ts

import { readFileSync } from "node:fs";
import { root } from "../runtimes/consumer.mjs";

/** Languages that are run. Shell lines and diagrams are not. */
const RUN = ["js", "ts", "jsonc", "sql"];
const BLOCK = /(?:<!-- run: (?<name>[^\n]+?) -->\n)?```(?<language>\w*)\n(?<code>.*?)\n```/gs;

/** @returns {{ name?: string, language: string, code: string, line: number }[]} */
export function snippetsOf(path) {
  const text = readFileSync(root + path, "utf8");
  return [...text.matchAll(BLOCK)]
    .filter(({ groups }) => RUN.includes(groups.language))
    .map(({ groups, index }) => ({ ...groups, line: text.slice(0, index).split("\n").length }));
}
