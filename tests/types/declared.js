// What the package's declarations and the official package's declare, read as syntax.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import { packed } from "./project.js";

const require = createRequire(import.meta.url);

// What has a webhook_type and a webhook_code in the official package, and is no webhook.
const notWebhooks = ["SandboxItemFireWebhookRequest", "SandboxUserFireWebhookRequest", "WebhookEvent"];
export const isWebhook = ({ name }) => !notWebhooks.includes(name);

/** The names of the types that a union of endpoints.d.ts consists of. */
export function unionOf(name) {
  const { type } = typesIn("endpoints.d.ts").find((node) => node.name.text === name);
  return type.types.map((member) => member.getText());
}

/** Whatever has a webhook_type and a webhook_code in the official package, with what its comments say they are. */
export function officialWebhooks() {
  const text = readFileSync(require.resolve("plaid/dist/api.d.ts"), "utf8");
  const interfaces = text.matchAll(/^export interface (\w+) \{\n(.*?)^\}/gms);
  const literal = (body, field) =>
    new RegExp(`/\\*\\*\\s+\\* ([^\\n]*)(?:(?!\\*/).)*\\*/\\s+${field}\\??:`, "s")
      .exec(body)?.[1]
      .replace(/[^A-Z_0-9]/g, "");
  return [...interfaces]
    .filter(([, , body]) => /^ +webhook_type\??:/m.test(body) && /^ +webhook_code\??:/m.test(body))
    .map(([, name, body]) => ({
      name,
      type: literal(body, "webhook_type"),
      code: literal(body, "webhook_code"),
    }));
}

/** The classes, interfaces, enums and type aliases at the top of a declaration file. */
export function typesIn(name) {
  const text = readFileSync(join(packed, name), "utf8");
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  return source.statements.filter(
    (node) =>
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isEnumDeclaration(node) ||
      ts.isTypeAliasDeclaration(node),
  );
}

export function membersOf(file, name) {
  const members = typesIn(file).find((node) => node.name.text === name)?.members;
  assert.ok(members?.length, `${file} declares no ${name}`);
  return members;
}

/** What endpoints.d.ts says of each endpoint. */
export function documentedEndpoints() {
  return membersOf("endpoints.d.ts", "PlaidEndpoints").map((member) => {
    const [request, response] = member.type.members.map(({ type }) => type.getText());
    const [, operation] = /`(\w+)` in the official client/.exec(documentation(member)) ?? [];
    return { key: member.name.text, operation, request, response };
  });
}

export const isExported = (node) => (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export) !== 0;

/**
 * Calls `see` with every member below a declaration, and with the fields of its parameters. The fields of what a
 * member gives are described with the member; constraints on type parameters need no description.
 */
export function visit(node, see) {
  const isMember = ts.isTypeElement(node) || ts.isClassElement(node);
  ts.forEachChild(node, (child) => {
    if (ts.isTypeParameterDeclaration(child) || (isMember && child === node.type)) return;
    if (ts.isTypeElement(child) || ts.isClassElement(child)) see(child);
    visit(child, see);
  });
}

export function documentation(node) {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return (ts.getTextOfJSDocComment(comment?.comment) ?? "").trim();
}

export function tagText(node, name) {
  const tags = ts.getJSDocTags(node).filter((tag) => tag.tagName.text === name);
  return tags.map((tag) => tag.getText()).join("\n");
}
