/** How values are formatted on the page. */

export function money(amount, currency) {
  if (amount === null || amount === undefined) return "–";
  return new Intl.NumberFormat("en-US", { style: "currency", currency: currency ?? "USD" }).format(
    Number(amount),
  );
}

export function milliseconds(value) {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} s`;
}

export function time(iso) {
  return new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", second: "2-digit" }).format(
    new Date(iso),
  );
}

export function duration(untilIso) {
  const minutes = Math.round((new Date(untilIso) - Date.now()) / 60_000);
  if (minutes < 1) return "now";
  return minutes < 90 ? `in ${minutes} minutes` : `in ${Math.round(minutes / 60)} hours`;
}

/** An id that is short enough for a table, recognizable by its start and end. */
export function shortId(id) {
  return id.length > 14 ? `${id.slice(0, 6)}…${id.slice(-4)}` : id;
}

/** The page uses link and public tokens but does not show them. */
export function hideToken(token) {
  return `${token.split("-").slice(0, 2).join("-")}-••••••••`;
}

export function phone(digits) {
  return /^\d{10}$/.test(digits) ? digits.replace(/(\d{3})(\d{3})(\d{4})/, "($1) $2-$3") : digits;
}

export function plural(count, noun, nouns = `${noun}s`) {
  return `${count} ${count === 1 ? noun : nouns}`;
}

const TOKEN = /\b(link|public|access)-(sandbox|production)-[0-9a-f-]{8,}/g;

/** JSON to read, with tokens hidden. */
export function json(value) {
  return JSON.stringify(value, null, 2).replace(TOKEN, "$1-$2-••••••••");
}

/** A JavaScript literal for the code panel. */
export function literal(value, indent = 0) {
  const text = JSON.stringify(value, null, 2)
    .replace(/^(\s*)"([A-Za-z_]\w*)":/gm, "$1$2:")
    .replace(/\[\n\s+((?:"[^"]*",?\s*)+)\n\s*\]/g, (_, list) => `[${list.replace(/\s*\n\s*/g, " ").trim()}]`);
  return text.replace(/\n/g, `\n${" ".repeat(indent)}`);
}
