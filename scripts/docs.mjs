// Builds a site from the README, the pages in docs/ and the declarations, with search: dist/docs, for any static host.
//
// TypeDoc makes it, from copies: of the pages, with a title for the navigation, and with links to the repository where a
// link leads to no page; and of the declarations, with the names of the subpaths.

import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const staged = join(root, "dist/docs-source");
const REPOSITORY = "https://github.com/plaid-edge/plaid-edge";

// By their titles, in the order of the navigation.
const PAGES = new Map([
  ["docs/recipes.md", "Recipes"],
  ["docs/webhooks.md", "Webhooks"],
  ["docs/sandbox.md", "The sandbox"],
  ["docs/configuration.md", "Configuration"],
  ["docs/errors.md", "Errors and retries"],
  ["docs/runtimes.md", "Runtimes"],
  ["docs/comparison.md", "Comparison"],
  ["docs/moving-from-plaid-node.md", "Moving from plaid"],
  ["docs/moving-from-plaid-python-adapter.md", "Moving from the Python adapter"],
  ["examples/README.md", "Examples"],
  ["sandbox/README.md", "How the sandbox differs"],
  ["SECURITY.md", "Security"],
  ["CHANGELOG.md", "Changelog"],
  ["docs/contributing.md", "Contributing"],
]);
const missing = readdirSync(join(root, "docs")).filter(
  (name) => name.endsWith(".md") && !PAGES.has(`docs/${name}`),
);
if (missing.length > 0) throw new Error(`pages of docs/ that the site lacks: ${missing.join(", ")}`);

rmSync(staged, { recursive: true, force: true });
rmSync(join(root, "dist/docs"), { recursive: true, force: true });
for (const page of ["README.md", ...PAGES.keys()]) stage(page);
const types = join(staged, "types");
run("node", ["scripts/types/build.mjs", types]);
for (const name of ["index", "sandbox", "manual", "sandbox-manual", "endpoints"]) nameModule(name);
for (const name of ["typedoc.json", "typedoc.tsconfig.json", "typedoc.css"])
  cpSync(join(root, "scripts/types", name), join(staged, name));
run("node_modules/.bin/typedoc", [
  ...["--options", join(staged, "typedoc.json"), "--readme", join(staged, "README.md")],
  ...[...PAGES.keys()].flatMap((page) => ["--projectDocuments", join(staged, page)]),
]);
rmSync(staged, { recursive: true });
console.log("dist/docs/index.html");

function run(command, args) {
  execFileSync(command, args, { cwd: root, stdio: "inherit" });
}

function stage(page) {
  const text = readFileSync(join(root, page), "utf8")
    .replace(/<!-- .*? -->\n/g, "")
    .replace(/\]\(([^)]+)\)/g, (_, link) => `](${linkFrom(page, link)})`);
  mkdirSync(dirname(join(staged, page)), { recursive: true });
  const title = PAGES.get(page);
  // The README's heading is that of the site, which is there already.
  const content = title ? `---\ntitle: ${title}\n---\n${text}` : text.slice(text.indexOf("\n") + 1);
  writeFileSync(join(staged, page), content);
  for (const [, picture] of text.matchAll(/\b(?:src|srcset)="([^":]+)"/g)) copy(page, picture);
  for (const [, picture] of text.matchAll(/!\[[^\]]*\]\(([^):]+)\)/g)) copy(page, picture);
}

/** Has TypeDoc show a file of declarations as what it is imported by. */
function nameModule(name) {
  const file = join(types, `${name}.d.ts`);
  const text = readFileSync(file, "utf8");
  const module = `@module ${name === "index" ? "plaid-edge" : `plaid-edge/${name}`}`;
  const named = text.replace("@packageDocumentation", module);
  writeFileSync(
    file,
    named === text
      ? `/**\n * The types of Plaid's requests, responses and webhooks.\n *\n * ${module}\n */\n${text}`
      : named,
  );
}

function copy(page, picture) {
  cpSync(join(root, dirname(page), picture), join(staged, dirname(page), picture));
}

/** A link of a page: to another page or a picture it stays as it is, to anything else it leads to the repository. */
function linkFrom(page, link) {
  if (/^(https?:|#)/.test(link)) return link;
  const [path, anchor] = link.split("#");
  const target = normalize(join(dirname(page), path));
  if (PAGES.has(target) || target === "README.md" || /\.(svg|webp|png)$/.test(target)) return link;
  if (!existsSync(join(root, target))) throw new Error(`${page} links to ${link}`);
  const kind = statSync(join(root, target)).isDirectory() ? "tree" : "blob";
  return `${REPOSITORY}/${kind}/main/${target}${anchor ? `#${anchor}` : ""}`;
}
