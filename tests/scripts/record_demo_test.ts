import assert from "node:assert/strict";
import { castOf } from "../../scripts/recording/cast.ts";
import { rowsOf } from "../../scripts/recording/runs.ts";
import { normalised, privateWords, scriptOf, stableLines } from "../../scripts/recording/script.ts";
import { svgOf } from "../../scripts/recording/svg.ts";
import { recordedText } from "../../scripts/record_demo.ts";

const ROOT = new URL("../../", import.meta.url);
const CAST = await Deno.readTextFile(new URL("docs/images/demo.cast", ROOT));
const SVG = await Deno.readTextFile(new URL("docs/images/demo.svg", ROOT));
const MOST_BYTES = 300_000;
const MOST_SECONDS = 60;

const OUTPUT = `
── Sign in ───────

$ tracker host serve --listen 127.0.0.1:0
Serving at http://127.0.0.1:41234 (pid 77) \x1b[32m<b> & "c"\x1b[39m

── What it looks like now ──

$ tracker map list
 WP01

$ tracker status
fine

── Clean up ──

$ tracker daemon stop
stopped
`;

Deno.test("the recording has the headlines and commands that the demo is made of", async () => {
  const demo = await Deno.readTextFile(new URL("scripts/demo.ts", ROOT));
  const lines = stableLines(recordedText(CAST));
  const headlines = lines.filter((line) => line.startsWith("── "))
    .map((line) => line.replaceAll("─", "").trim());
  const written = [...demo.matchAll(/\bheading\("([^"]+)"\)/g)].map(([, words]) => words ?? "");
  const left = written.filter((words) => !/^(A full sync|Clean up)/.test(words));
  assert.ok(left.length >= 6, "the headlines were found");
  assert.deepEqual(headlines, left);
  // What holds a variable is compared up to it.
  const commands = [...demo.matchAll(/\brun\(\s*[`"]([^`"$]+)/g)].map(([, words]) => words ?? "");
  const recorded = lines.filter((line) => line.startsWith("$ tracker "))
    .map((line) => line.slice("$ tracker ".length));
  assert.equal(recorded.length, 13);
  const notRun = recorded.filter((line) =>
    !/^(host serve|issue edit) /.test(line) && !commands.some((words) => line.startsWith(words))
  );
  assert.deepEqual(notRun, []);
});

Deno.test("the times of the recording rise, and it is at most a minute long", () => {
  const [header, ...events] = CAST.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(header.version, 2);
  assert.ok(header.width <= 100);
  const times: number[] = events.map(([at]) => at);
  assert.ok(times.length > 500);
  assert.deepEqual(times, times.toSorted((one, other) => one - other));
  assert.ok((times.at(-1) ?? Infinity) <= MOST_SECONDS);
});

Deno.test("the picture of the recording is well-formed and needs nothing else", () => {
  assert.ok(new TextEncoder().encode(SVG).length <= MOST_BYTES);
  assert.deepEqual(openElements(SVG), []);
  assert.doesNotMatch(SVG, /<script|<foreignObject|<image|\bon\w+=|href|url\(|@import|@font-face/i);
  assert.match(SVG, /aria-labelledby="title desc"/);
  assert.match(SVG, /prefers-reduced-motion: reduce\)\{\*\{animation:none!important\}\}/);
});

Deno.test("the picture and the cast are the same recording", () => {
  const shown = [...SVG.matchAll(/<tspan[^>]*>([^<]*)<\/tspan>/g)].map(([, words]) => words ?? "")
    .join("").replaceAll("&lt;", "<").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  const ownText = rowsOf(recordedText(CAST), 100).flat().map(({ text }) => text).join("");
  assert.equal(shown.replaceAll(/\s/g, ""), ownText.replaceAll(/\s/g, ""));
});

Deno.test("the recording has no word of the machine that made it", () => {
  assert.deepEqual(privateWords(recordedText(CAST), []), []);
  assert.deepEqual(privateWords("in /tmp/x by ada, adage", ["ada", ""]), ["ada", "/tmp/x"]);
  assert.equal(privateWords(`token ${"aB3-".repeat(10)}`, []).length, 1);
});

Deno.test("what differs between two runs is made the same, and the times follow from the text", () => {
  const other = OUTPUT.replace("41234", "50001").replace("pid 77", "pid 9");
  const script = scriptOf(normalised(OUTPUT));
  assert.deepEqual(script, scriptOf(normalised(other)));
  assert.deepEqual(stableLines(OUTPUT), [
    "── Sign in ───────",
    "$ tracker host serve --listen 127.0.0.1:0",
    "── What it looks like now ──",
    "$ tracker status",
  ]);
  assert.deepEqual(stableLines(recordedText(castOf(script, "t"))), stableLines(OUTPUT));
  const svg = svgOf(script, "a < b", "c & d");
  assert.deepEqual(openElements(svg), []);
  assert.match(svg, /class="green">&lt;b&gt; &amp; &quot;c&quot;<\/tspan>/);
});

Deno.test("a long line continues in the next row, in the same colour", () => {
  assert.deepEqual(rowsOf("ab\x1b[1;31mcdef\x1b[0mg", 4), [
    [{ text: "ab", classes: [] }, { text: "cd", classes: ["bold", "red"] }],
    [{ text: "ef", classes: ["bold", "red"] }, { text: "g", classes: [] }],
  ]);
  assert.throws(() => rowsOf("\x1b[48m", 4), /no sequence 48/);
});

Deno.test("a command of two rows has one cursor at a time", () => {
  const text = `$ ${"x".repeat(120)}`;
  const svg = svgOf({ beats: [{ kind: "command", at: 0, typed: 2, text }], seconds: 4 }, "t", "d");
  const cursors = [...svg.matchAll(/<rect class="cursor([^"]*)"/g)].map(([, name]) => name?.trim());
  assert.equal(cursors.length, 2);
  assert.equal(cursors[0], "");
  assert.match(svg, new RegExp(`@keyframes ${cursors[1]}\\{0%\\{opacity:0\\}40.984%`));
});

/** What of an XML text is not closed, closed by another name, or not escaped. */
function openElements(xml: string): string[] {
  const open: string[] = [];
  const faults: string[] = [];
  const text = xml.replaceAll(/<(\/?)([a-z]\w*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gi, (
    _,
    end: string,
    name: string,
    _attributes,
    alone: string,
  ) => {
    if (end !== "" && open.pop() !== name) faults.push(`</${name}>`);
    if (end === "" && alone === "") open.push(name);
    return "";
  });
  const unescaped = text.match(/<|&(?!(?:amp|lt|gt|quot);)/g) ?? [];
  return [...open, ...faults, ...unescaped];
}
