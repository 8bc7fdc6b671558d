// Takes the README's pictures of linking an account again: docs/demo-light.webp and docs/demo-dark.webp.
// They show the call of step 1 with its response, and beside it what the user then sees in step 2.
import { writeFileSync } from "node:fs";
import { Demo, root } from "../tests/demo/demo.js";
import { linkOn } from "../tests/demo/walk.js";

const SIDE_BY_SIDE = `
  body { display: block; background: var(--ground); }
  .rail, .bar, .controls, .next, .pager, .legal { display: none !important; }
  .page { margin-right: 452px; border: 0; }
  .pair { grid-template-columns: minmax(0, 1fr); }
  main { max-width: none; padding: 36px 0 0 44px; }
  dialog::backdrop { background: none; }
`;
const demo = await new Demo().start({ port: 8787 }); // It is in the picture.
try {
  for (const colorScheme of ["light", "dark"]) {
    const { page, check } = await demo.open({ colorScheme, width: 1280, height: 740, scale: 1.5 });
    const press = (name) => page.getByRole("button", { name, exact: true }).click();
    await page.getByRole("link", { name: "Start the tour" }).click();
    await press("Create link token");
    await page.getByRole("link", { name: "Next: open Link" }).click();
    await press("Open Link");
    await linkOn(page).getByRole("button", { name: "First Platypus Bank" }).waitFor();
    await page.evaluate(arrange, SIDE_BY_SIDE);
    writeFileSync(`${root}docs/demo-${colorScheme}.webp`, await webp(page, await page.screenshot()));
    await check();
  }
} finally {
  await demo.stop();
}

function arrange(css) {
  // Link's window sets its styles itself, and means them.
  const place = (selector, styles) => {
    for (const [name, value] of Object.entries(styles))
      document.querySelector(selector).style.setProperty(name, value, "important");
  };
  place('dialog[aria-label="Plaid Link"]', { "place-items": "center end", background: "none" });
  place('iframe[title="Plaid Link"]', {
    "margin-right": "26px",
    "box-shadow": "0 18px 60px rgb(0 0 0 / 22%)",
  });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
  document.getElementById("step-link").hidden = true;
  document.getElementById("step-link-token").hidden = false;
  document.activeElement.blur();
  scrollTo(0, 0);
}

/** The browser is the encoder at hand; its blank page has no content security policy. */
async function webp(page, png) {
  const blank = await page.context().newPage();
  const base64 = await blank.evaluate(async (source) => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${source}`)).blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    canvas.getContext("2d").drawImage(picture, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.88 });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  }, png.toString("base64"));
  await blank.close();
  return Buffer.from(base64, "base64");
}
