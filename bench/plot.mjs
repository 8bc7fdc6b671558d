// The three figures that decide, as bars: an SVG for the README, on a background of its own so that it can be read
// on a dark page too.

import { nameOf } from "./report.mjs";

const WIDTH = 880;
const LABELS = 220;
const BAR = 22;
const GAP = 8;
const HEAD = 40;
const COLOURS = { "plaid-edge": "#0b7a75" };
const OTHERS = "#9aa5b1";

export function plot({ size, load, calls }) {
  const of = (rows, pick) => rows.map((row) => ({ name: row.name, value: pick(row) }));
  const at200 = calls.workerd.find(({ accounts }) => accounts === 200);
  const panels = [
    {
      title: "Bundle of a worker that makes one call, KB gzip",
      bars: of(
        size.filter(({ name }) => name !== "plaid-edge, inlined"),
        ({ total }) => total.gzip / 1000,
      ),
      digits: 1,
    },
    {
      title: "From import to ready in Node, bundled, ms",
      bars: of(
        load.filter(({ from }) => from === "a bundle"),
        ({ readyMs }) => readyMs.median,
      ),
      digits: 1,
    },
    {
      title: "A call in workerd, 200 accounts, as a multiple of a hand-written fetch",
      bars: of(at200.contenders, ({ ratio }) => ratio.median),
      digits: 2,
    },
  ];
  let y = 16;
  const drawn = panels.map((panel) => {
    const picture = draw(panel, y);
    y += HEAD + panel.bars.length * (BAR + GAP) + 12;
    return picture;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" font-family="system-ui, sans-serif" font-size="15" fill="#1f2933">
<title>plaid-edge beside a hand-written fetch and its peers</title>
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${y - 1}" rx="8" fill="#ffffff" stroke="#cbd2d9"/>
${drawn.join("\n")}
</svg>
`;
}

function draw({ title, bars, digits }, top) {
  const room = WIDTH - LABELS - 90;
  const most = Math.max(...bars.map(({ value }) => value));
  const lines = bars.map(({ name, value }, index) => {
    const y = top + HEAD + index * (BAR + GAP);
    const width = Math.max(1, (value / most) * room).toFixed(1);
    const middle = y + BAR / 2 + 5;
    const weight = name in COLOURS ? ` font-weight="600"` : "";
    return `<text x="${LABELS - 10}" y="${middle}" text-anchor="end"${weight}>${nameOf(name)}</text>
<rect x="${LABELS}" y="${y}" width="${width}" height="${BAR}" rx="2" fill="${COLOURS[name] ?? OTHERS}"/>
<text x="${(LABELS + Number(width) + 8).toFixed(1)}" y="${middle}"${weight}>${value.toFixed(digits)}</text>`;
  });
  return `<text x="24" y="${top + 24}" font-size="16" font-weight="600">${title}</text>\n${lines.join("\n")}`;
}
