/** Clicks through the tour as a newcomer would, and stops at each view worth looking at. */

/** Link, which is in a frame of its own. */
export const linkOn = (page) => page.frameLocator('iframe[title="Plaid Link"]');

/**
 * @param {import("playwright-core").Page} page
 * @param {(name: string) => Promise<void>} shot  looks at the view, in a screenshot or otherwise
 */
export async function walk(page, shot) {
  const step = (name) => page.locator(`#step-${name}`);
  const go = async (name) => {
    await page.locator(`#steps a[href="#${name}"]`).click();
    await step(name).waitFor({ state: "visible" });
  };
  const press = (name, label) => step(name).getByRole("button", { name: label, exact: true }).click();
  const responded = (name) => step(name).locator(".outcome-status .badge.good").waitFor();

  // The overview
  await page.locator("#bar .badge").waitFor();
  await shot("0-overview");
  await page.getByRole("link", { name: "Start the tour" }).click();

  // 1 · a link token with one's own settings
  await step("link-token").getByLabel("Application name").fill("Harbor Bank Pilot");
  await step("link-token").locator("pre code", { hasText: "Harbor Bank Pilot" }).waitFor();
  await press("link-token", "Create link token");
  await responded("link-token");
  await shot("1-link-token");

  // 2 · Link, with a wrong password first
  await go("link");
  await press("link", "Open Link");
  const plaidLink = linkOn(page);
  const bank = plaidLink.getByRole("button", { name: "First Platypus Bank" });
  await bank.waitFor();
  await shot("2-banks-dialog");
  await bank.click();
  await plaidLink.getByRole("textbox", { name: "Password" }).fill("error_ITEM_LOCKED");
  await plaidLink.getByRole("button", { name: "Continue" }).click();
  await plaidLink.getByRole("alert").filter({ hasText: "ITEM_LOCKED" }).waitFor();
  await shot("2-refused-dialog");
  await plaidLink.getByRole("textbox", { name: "Password" }).fill("pass_good");
  await plaidLink.getByRole("button", { name: "Continue" }).click();
  await responded("link");
  await shot("2-link");

  // 3 · the exchange
  await go("exchange");
  await press("exchange", "Exchange");
  await responded("exchange");
  await shot("3-exchange");

  // 4 · accounts
  await go("accounts");
  await press("accounts", "Read accounts");
  await responded("accounts");
  await shot("4-accounts");
  await step("accounts").getByRole("tab", { name: "JSON" }).click();
  await step("accounts").locator(".json").waitFor();
  await shot("4-accounts-json");

  // 5 · owners
  await go("owners");
  await press("owners", "Read owners");
  await responded("owners");
  await shot("5-owners");

  // 6 · a transfer, through its states; each new event arrives by itself
  await go("transfers");
  const events = (type) => step("transfers").locator("tbody tr", { hasText: type });
  await press("transfers", "Create transfer");
  await events("pending").waitFor();
  await press("transfers", "Post it");
  await events("posted").waitFor();
  await shot("6-transfers");
  await press("transfers", "Return it");
  await events("reversed").waitFor();
  await shot("6-transfers-reversed");

  // 7 · webhooks, genuine and not
  await go("webhooks");
  const inbox = (text) => step("webhooks").locator(".inbox li", { hasText: text });
  await step("webhooks")
    .getByRole("button", { name: /^Genuine/ })
    .click();
  await inbox("NEW_ACCOUNTS_AVAILABLE").waitFor();
  for (const [label, reason] of [
    [/^Tampered/, "body_mismatch"],
    [/^Stale/, "stale"],
    [/^Bad signature/, "bad_signature"],
    [/^Expired key/, "expired_key"],
    [/^Unsigned/, "missing_header"],
  ]) {
    await step("webhooks").getByRole("button", { name: label }).click();
    await inbox(reason).waitFor();
  }
  await inbox("NEW_ACCOUNTS_AVAILABLE").locator("summary").click();
  await shot("7-webhooks");

  // 8 · failures
  await go("failures");
  const fail = async (label) => {
    await step("failures").getByRole("button", { name: label }).click();
    await press("failures", "Break it");
  };
  await fail(/^Login required/);
  await step("failures").locator(".error-view", { hasText: "ITEM_LOGIN_REQUIRED" }).waitFor();
  await shot("8-login-required");
  await press("failures", "Repair in update mode");
  await plaidLink.getByRole("dialog", { name: "Log in again at First Platypus Bank" }).waitFor();
  await plaidLink.getByRole("button", { name: "Continue" }).click();
  await responded("failures");
  await shot("8-repaired");

  await fail(/^Rate limit/);
  await step("failures").locator(".attempt", { hasText: "429" }).first().waitFor();
  await step("failures").locator(".progress").waitFor();
  await shot("8-rate-limit-waiting");
  await responded("failures");
  await step("failures").getByRole("tab", { name: "Attempts (3)" }).click();
  await shot("8-rate-limit");

  for (const [label, text, name] of [
    [/^Plaid is down/, "PlaidApiInternalServerError", "8-outage"],
    [/^Bank is down/, "INSTITUTION_DOWN"],
    [/^Timeout/, "timeout", "8-timeout"],
    [/^No connection/, "network"],
    [/^Unexpected response/, "bad_response"],
  ]) {
    await fail(label);
    await step("failures").locator(".error-view", { hasText: text }).waitFor();
    if (name) await shot(name);
  }

  // The end
  await go("finish");
  await shot("9-finish");
  await page.getByRole("button", { name: "Start over" }).click();
  await page.getByRole("dialog", { name: "Start over?" }).waitFor();
  await shot("9-start-over-dialog");
  await page.getByRole("button", { name: "Cancel" }).click();
}
