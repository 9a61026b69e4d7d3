import { COLUMNS, ROWS, type Script } from "./script.ts";
import { rowsOf, type Run } from "./runs.ts";

const CELL = 8.4;
const LINE = 18;
const MARGIN = 16;
const WIDTH = COLUMNS * CELL + 2 * MARGIN;
const HEIGHT = ROWS * LINE + 2 * MARGIN;

const STYLE = `
.back { fill: #0d1117; }
.cursor { fill: #7d8590; }
text { fill: #e6edf3; white-space: pre; }
.bold { font-weight: 700; }
.dim { fill: #9198a1; }
.red { fill: #ff7b72; }
.green { fill: #3fb950; }
.yellow { fill: #d29922; }
.blue { fill: #58a6ff; }
.magenta { fill: #bc8cff; }
.cyan { fill: #39c5cf; }
.cover { visibility: hidden; }
`;

/**
 * A recording as an SVG that plays by itself, over and over. Without animations it is the last
 * screen; that is also what people see who asked for less motion. `described` is read to those who
 * do not see it.
 */
export function svgOf(script: Script, title: string, described: string): string {
  const film = new Film(script.seconds);
  for (const beat of script.beats) {
    if (beat.kind === "command") film.type(beat.text, beat.at, beat.typed);
    else film.show(`${beat.text}\n`, beat.at);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title desc" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<title id="title">${escaped(title)}</title>
<desc id="desc">${escaped(described)}</desc>
<style>${STYLE}${film.style()}</style>
<rect class="back" width="${WIDTH}" height="${HEIGHT}" rx="8"/>
<svg x="${MARGIN}" y="${MARGIN}" width="${WIDTH - 2 * MARGIN}" height="${ROWS * LINE}">
<g class="screen">
${film.drawn()}
</g>
</svg>
</svg>
`;
}

/** Lays the rows below each other; what is not yet written is hidden, and the whole moves up. */
class Film {
  readonly #drawn: string[] = [];
  readonly #rules: string[] = [];
  readonly #scrolled: string[] = ["0%{transform:translateY(0)}"];
  readonly #seconds: number;
  #row = 0;
  #offset = 0;
  #names = 0;

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  show(text: string, at: number): void {
    const name = this.#appear(at);
    const rows = rowsOf(text, COLUMNS);
    this.#drawn.push(`<g class="${name}">`, ...rows.map((row) => this.#line(row)), "</g>");
    this.#scroll(at);
  }

  /** Types a line: a cover with the cursor at its edge moves off each of its rows. */
  type(text: string, at: number, typed: number): void {
    const rows = rowsOf(text, COLUMNS);
    const each = (typed - at) / Math.max(1, text.length);
    let from = at;
    this.#drawn.push(`<g class="${this.#appear(at)}">`);
    for (const row of rows) {
      const length = row.reduce((sum, run) => sum + run.text.length, 0);
      const top = this.#row * LINE;
      this.#drawn.push(this.#line(row));
      const to = from + length * each;
      const name = `c${this.#names++}`;
      const shift = number(length * CELL);
      this.#rules.push(
        `.${name}{animation:${name} ${this.#seconds}s infinite step-end}`,
        `@keyframes ${name}{0%{visibility:visible;transform:translateX(0)}` +
          `${this.#percent(from)}{visibility:visible;transform:translateX(0);` +
          `animation-timing-function:steps(${length})}` +
          `${this.#percent(to)}{visibility:hidden;transform:translateX(${shift}px)}` +
          `100%{visibility:hidden;transform:translateX(${shift}px)}}`,
      );
      const width = number(COLUMNS * CELL);
      // There is one cursor: that of a later row waits for the row before it.
      const waiting = from === at ? "" : ` ${this.#appear(from)}`;
      this.#drawn.push(
        `<g class="cover ${name}"><rect class="back" y="${top}" width="${width}" height="${LINE}"/>` +
          `<rect class="cursor${waiting}" y="${top + 2}" width="${CELL}" height="${
            LINE - 3
          }"/></g>`,
      );
      from = to;
    }
    this.#drawn.push("</g>");
    this.#scroll(at);
  }

  drawn(): string {
    return this.#drawn.filter((line) => line !== "").join("\n");
  }

  style(): string {
    return [
      ...this.#rules,
      `.screen{transform:translateY(-${this.#offset}px);` +
      `animation:scroll ${this.#seconds}s infinite step-end}`,
      `@keyframes scroll{${this.#scrolled.join("")}}`,
      "@media (prefers-reduced-motion: reduce){*{animation:none!important}}",
      "",
    ].join("\n");
  }

  #appear(at: number): string {
    const name = `a${this.#names++}`;
    this.#rules.push(
      `.${name}{animation:${name} ${this.#seconds}s infinite step-end}`,
      `@keyframes ${name}{0%{opacity:0}${this.#percent(at)}{opacity:1}}`,
    );
    return name;
  }

  #line(row: readonly Run[]): string {
    const y = this.#row++ * LINE + 13;
    let column = 0;
    const spans = row.map(({ text, classes }) => {
      const x = number(column * CELL);
      column += text.length;
      if (text.trim() === "") return "";
      const named = classes.length === 0 ? "" : ` class="${classes.join(" ")}"`;
      return `<tspan x="${x}" textLength="${number(text.length * CELL)}"${named}>${
        escaped(text)
      }</tspan>`;
    }).join("");
    return spans === "" ? "" : `<text y="${y}">${spans}</text>`;
  }

  #scroll(at: number): void {
    const offset = Math.max(0, this.#row - ROWS) * LINE;
    if (offset === this.#offset) return;
    this.#offset = offset;
    this.#scrolled.push(`${this.#percent(at)}{transform:translateY(-${offset}px)}`);
  }

  #percent(at: number): string {
    return `${number(at / this.#seconds * 100)}%`;
  }
}

function number(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
