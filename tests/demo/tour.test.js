import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { describe, test } from "node:test";
import { accessibilityProblems } from "../accessibility.js";
import { Demo, root } from "./demo.js";
import { walk } from "./walk.js";

const screenshots = `${root}tests/screenshots`;
mkdirSync(screenshots, { recursive: true });

/** Each with a demo of its own, because one's forced failures would be another's. */
describe("the whole tour", { concurrency: true }, () => {
  for (const width of [1280, 375]) {
    test(`${width} pixels wide, in both themes`, () =>
      tour({ width }, async (page, name) => {
        const found = [];
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          await fits(page, name);
          await shoot(page, `${colorScheme}-${width}-${name}`);
          for (const frame of page.frames()) {
            // In the other theme only colors differ.
            const rules = colorScheme === "dark" ? ["color-contrast"] : undefined;
            found.push(...(await accessibilityProblems(frame, rules)));
          }
        }
        assert.deepEqual(found, [], name);
      }));
  }

  // 1280 by 1024 pixels at 400 %.
  test("zoomed to 400 %, every view fits, and nothing covers the text", () =>
    tour({ width: 320, height: 256 }, async (page, name) => {
      await fits(page, name);
      const covered = await page.evaluate(() =>
        [...document.querySelectorAll("body *")]
          .filter((element) => ["fixed", "sticky"].includes(getComputedStyle(element).position))
          .filter((element) => !element.matches(".skip, dialog"))
          .map((element) => element.className),
      );
      assert.deepEqual(covered, [], name);
      await shoot(page, `light-320-${name}`);
    }));
});

async function tour(options, look) {
  const demo = new Demo();
  try {
    await demo.start();
    const { page, check } = await demo.open(options);
    await walk(page, (name) => look(page, name));
    assert.equal(await page.locator("#progress-text").textContent(), "8 of 8 done");
    await check();
  } finally {
    await demo.stop();
  }
}

async function fits(page, name) {
  for (const frame of page.frames()) {
    const overflow = await frame.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide`);
  }
}

async function shoot(page, name) {
  const full = !name.endsWith("-dialog") && !name.endsWith("-waiting");
  if (full) await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: full });
}
