// llms.txt, the package's API on one page, against the declarations: it names all that they declare, and no more.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { root } from "../runtimes/consumer.mjs";
import { compile, exec, install, newFolder } from "./consumer.js";

const page = readFileSync(join(root, "pkg-template/llms.txt"), "utf8");
const names = new Set(page.match(/[\w$]+/g));
/** What stands under a heading. */
const section = (heading) => page.split(`\n## ${heading}\n`)[1].split("\n## ")[0];

function declared(file) {
  const text = readFileSync(join(root, "pkg-template", file), "utf8");
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true).statements;
}
const adapter = declared("plaid-edge.d.ts");
const sandbox = declared("sandbox.d.ts");
const membersOf = (statements, name) =>
  statements
    .find((node) => node.name?.text === name)
    .members.map((member) => (ts.isConstructorDeclaration(member) ? name : member.name.getText()));

test("it names every subpath", () => {
  const { exports } = JSON.parse(readFileSync(join(root, "pkg-template/package.json"), "utf8"));
  const listed = [...section("Subpaths").matchAll(/^- (plaid-edge[\w./-]*)/gm)].map(([, name]) => name);
  assert.deepEqual(
    listed.sort(),
    Object.keys(exports)
      .map((path) => path.replace(".", "plaid-edge"))
      .sort(),
  );
});

test("it names every class and function", () => {
  const values = [...adapter, ...declared("manual.d.ts"), ...sandbox].filter(
    (node) => ts.isClassDeclaration(node) || ts.isFunctionDeclaration(node),
  );
  assert.ok(values.length > 12);
  assert.deepEqual(
    values.map((node) => node.name.text).filter((name) => !names.has(name)),
    [],
  );
});

for (const [heading, statements] of [
  ["PlaidAdapter", adapter],
  ["PlaidSandbox", sandbox],
]) {
  test(`it names every member of ${heading}, and no other`, () => {
    const members = membersOf(statements, heading);
    const named = section(heading).match(/\[Symbol\.dispose\]|[\w$]+/g);
    assert.deepEqual(
      members.filter((name) => !named.includes(name)),
      [],
    );
    // Whatever is written as a call at the beginning of an entry.
    const calls = [...section(heading).matchAll(/^- (?:new )?(\w+)\(/gm)].map(([, name]) => name);
    assert.deepEqual(
      calls.filter((name) => !members.includes(name)),
      [],
    );
  });
}

test("it names every option, setting and field", () => {
  const fields = [
    ...["PlaidEnv", "AdapterOptions", "CallOptions", "LinkSettings", "PlaidAdapterError"].flatMap((name) =>
      membersOf(adapter, name),
    ),
    ...["PlaidSandboxOptions", "SignWebhookOptions", "Fault", "WebhookDisorder", "RespondOptions"].flatMap(
      (name) => membersOf(sandbox, name),
    ),
    // What the methods take besides.
    ...adapter
      .find((node) => node.name?.text === "PlaidAdapter")
      .members.flatMap(({ parameters = [] }) => parameters)
      .flatMap(({ type }) => (ts.isIntersectionTypeNode(type) ? type.types : []))
      .flatMap(({ members = [] }) => members.map(({ name }) => name.getText())),
  ];
  assert.ok(fields.length > 50);
  assert.deepEqual(
    fields.filter((name) => !names.has(name)),
    [],
  );
});

test("it names every kind of error", () => {
  const { type } = adapter.find((node) => node.name?.text === "PlaidErrorKind");
  const kinds = type.types.map(({ literal }) => literal.text);
  const [, listed] = /^- kind: (.*)$/m.exec(page);
  assert.deepEqual(listed.split(", ").sort(), kinds.sort());
});

test("its example runs", async () => {
  const folder = newFolder();
  await install(folder, []);
  const file = join(folder, "start.js");
  const [, code] = /```js\n(.*?)```/s.exec(page);
  writeFileSync(file, `${code}\nconsole.log(numbers.ach[0].routing);`);
  assert.equal((await exec(process.execPath, [compile(file)])).stdout, "011401533\n");
});

test("its links are to pages that exist", () => {
  const links = [...page.matchAll(/blob\/main\/(\S+)/g)];
  assert.ok(links.length > 0);
  for (const [, path] of links) readFileSync(join(root, path));
});
