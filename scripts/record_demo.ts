/**
 * Records the main part of the demo for the README.
 *
 * `deno task record` runs the demo in a terminal of 100 columns, which `script` of util-linux makes,
 * and writes `docs/images/demo.cast` and `docs/images/demo.svg`. `deno task record --compare FILE`
 * tells whether the recording has the headlines and commands of a demo whose output is in FILE.
 */
import { castOf } from "./recording/cast.ts";
import {
  COLUMNS,
  normalised,
  privateWords,
  ROWS,
  scriptOf,
  stableLines,
} from "./recording/script.ts";
import { svgOf } from "./recording/svg.ts";

const ROOT = new URL("../", import.meta.url);
const CAST = new URL("docs/images/demo.cast", ROOT);
const SVG = new URL("docs/images/demo.svg", ROOT);
const TITLE = "The demo of tracker";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === "--compare" && args[1] !== undefined) return await compare(args[1]);
  const output = normalised(await demoOutput());
  const found = privateWords(output, [
    Deno.env.get("HOME") ?? "",
    Deno.env.get("USER") ?? "",
    Deno.hostname(),
    ROOT.pathname,
  ]);
  if (found.length > 0) {
    console.error(`Not recorded: the output has words of this machine: ${found.join(", ")}`);
    return 1;
  }
  const script = scriptOf(output);
  const commands = stableLines(output).filter((line) => line.startsWith("$ "));
  await Deno.writeTextFile(CAST, castOf(script, TITLE));
  await Deno.writeTextFile(
    SVG,
    svgOf(
      script,
      TITLE,
      `A terminal in which these commands are run: ${
        commands.map((line) => line.slice(2)).join("; ")
      }.`,
    ),
  );
  console.log(`Recorded ${commands.length} commands in ${script.seconds} s.`);
  return 0;
}

async function compare(file: string): Promise<number> {
  const today = stableLines(normalised(await Deno.readTextFile(file)));
  const recorded = stableLines(recordedText(await Deno.readTextFile(CAST)));
  const missing = today.filter((line) => !recorded.includes(line));
  const gone = recorded.filter((line) => !today.includes(line));
  for (const line of missing) console.error(`Not in the recording: ${line}`);
  for (const line of gone) console.error(`Not in the demo: ${line}`);
  if (today.length > 0 && today.join("\n") === recorded.join("\n")) return 0;
  console.error("The recording differs from the demo. Record it with `deno task record`");
  return 1;
}

/** All that a cast writes. */
export function recordedText(cast: string): string {
  const [, ...events] = cast.trimEnd().split("\n").map((line) => JSON.parse(line));
  return events.map(([, , text]) => text).join("").replaceAll("\r\n", "\n");
}

async function demoOutput(): Promise<string> {
  const demo = new URL("scripts/demo.ts", ROOT).pathname;
  const line =
    `stty cols ${COLUMNS} rows ${ROWS} && '${Deno.execPath()}' run -A '${demo}' 2>/dev/null`;
  const env = Deno.env.toObject();
  delete env["NO_COLOR"];
  const { code, stdout } = await new Deno.Command("script", {
    args: ["--quiet", "--return", "--command", line, "/dev/null"],
    env: { ...env, TERM: "xterm-256color", FORCE_COLOR: "1" },
    clearEnv: true,
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`The demo ended with exit code ${code}`);
  return new TextDecoder().decode(stdout);
}
