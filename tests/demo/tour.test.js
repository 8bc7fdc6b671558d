import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { accessibilityProblems } from "../accessibility.js";
import { Demo, root } from "./demo.js";
import { walk } from "./walk.js";

const screenshots = `${root}tests/screenshots`;
const demo = new Demo();

before(async () => {
  mkdirSync(screenshots, { recursive: true });
  await demo.start();
});
after(() => demo.stop());

describe("the whole tour", () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 375]) {
      test(`${colorScheme}, ${width} pixels wide`, async () => {
        const { page, check } = await demo.open({ colorScheme, width });
        const found = [];
        await walk(page, async (name) => {
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide`);
          const full = !name.endsWith("-dialog") && !name.endsWith("-waiting");
          if (full) await page.evaluate(() => scrollTo(0, 0));
          await page.screenshot({
            path: `${screenshots}/${colorScheme}-${width}-${name}.png`,
            fullPage: full,
          });
          for (const frame of page.frames()) {
            found.push(...(await accessibilityProblems(frame)).map((problem) => `${name}: ${problem}`));
          }
        });
        assert.deepEqual(found, []);
        assert.equal(await page.locator("#progress-text").textContent(), "8 of 8 done");
        await check();
      });
    }
  }
});

describe("zoomed to 400 %", () => {
  test("every view fits, and nothing covers the text", async () => {
    // 1280 by 1024 pixels at 400 %.
    const { page, check } = await demo.open({ width: 320, height: 256 });
    await walk(page, async (name) => {
      const { overflow, covered } = await page.evaluate(() => ({
        overflow: document.documentElement.scrollWidth - innerWidth,
        covered: [...document.querySelectorAll("body *")]
          .filter((element) => ["fixed", "sticky"].includes(getComputedStyle(element).position))
          .filter((element) => !element.matches(".skip, dialog"))
          .map((element) => element.className),
      }));
      assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide`);
      assert.deepEqual(covered, [], name);
      const full = !name.endsWith("-dialog") && !name.endsWith("-waiting");
      await page.screenshot({ path: `${screenshots}/light-320-${name}.png`, fullPage: full });
    });
    await check();
  });
});
