import { h } from "./dom.js";

const JAVASCRIPT =
  /(?<comment>\/\/[^\n]*)|(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<keyword>\b(?:await|async|const|let|for|of|if|return|new|import|export|default|from|try|catch|throw|instanceof|true|false|null|undefined)\b)|(?<call>[A-Za-z_]\w*(?=\())|(?<key>[A-Za-z_]\w*(?=:\s))|(?<number>\b\d[\d_.]*\b)/g;
const JSON_TEXT =
  /(?<key>"(?:[^"\\\n]|\\.)*"(?=:))|(?<string>"(?:[^"\\\n]|\\.)*")|(?<keyword>\b(?:true|false|null)\b)|(?<number>-?\b\d[\d.eE+-]*\b)/g;

/** Colors JavaScript or JSON: a list of text and spans. */
export function highlight(text, language = "js") {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(language === "js" ? JAVASCRIPT : JSON_TEXT)) {
    const [kind] = Object.entries(match.groups).find(([, found]) => found !== undefined);
    parts.push(text.slice(end, match.index), h("span", { class: `t-${kind}` }, match[0]));
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}
