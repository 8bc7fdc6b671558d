// axe, in a page of the tests.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The rules of WCAG 2.2 A and AA, axe's best practices, and the experimental rule for labels. */
const AXE_OPTIONS = {
  resultTypes: ["violations", "incomplete"],
  iframes: false, // Each is judged by itself.
  runOnly: {
    type: "tag",
    values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  },
  rules: { "label-content-name-mismatch": { enabled: true } },
};

/**
 * @param {import("playwright-core").Frame} frame  frames in it are not looked into
 * @param {string[]} [rules]  only these
 * @returns {Promise<string[]>} what axe finds, a line for each element
 */
export async function accessibilityProblems(frame, rules) {
  if (!(await frame.evaluate(() => "axe" in window))) await frame.evaluate(AXE);
  const options = rules ? { ...AXE_OPTIONS, runOnly: rules, rules: {} } : AXE_OPTIONS;
  const { violations, incomplete } = await frame.evaluate(
    (chosen) => window.axe.run(document, chosen),
    options,
  );
  // On a gradient or an image axe can't judge the contrast, and would call any text fine.
  const unjudged = incomplete
    .filter(({ id }) => id === "color-contrast")
    .map(({ id, nodes }) => ({
      id,
      nodes: nodes.filter(({ any }) => any.some(({ data }) => /^bg(Gradient|Image)/.test(data?.messageKey))),
    }));
  return [...violations, ...unjudged].flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}
