import assert from "node:assert/strict";
import { modulesUnder } from "../scripts/coverage.ts";

const ROOT = new URL("../", import.meta.url);

/** Texts that are agreed with other programs word for word, and keep their period. */
const AGREED: readonly string[] = [
  "Candidate token expired. Run the bind again.",
  "Cannot connect to the tracker host at ${origin}. Check your network connection.",
  "Only Jira and Linear support origin binding.",
  "Session expired. Run `tracker auth login`.",
  "Snapshot publish is not supported. Use `tracker sync push` instead.",
];

interface Source {
  readonly path: string;
  readonly text: string;
}

const SOURCES = await sources();

Deno.test("Each code of an error is built at one place", () => {
  const places = new Map<string, Set<string>>();
  for (const { path, text } of SOURCES) {
    for (const body of calls(text, "new TrackerError")) {
      for (const [, code = ""] of body.matchAll(/\bcode: "([a-z_]+)"/g)) {
        places.set(code, (places.get(code) ?? new Set()).add(`${path} ${body}`));
      }
    }
  }
  assert.ok(places.size > 50);
  const wrong = [...places].filter(([, found]) => found.size > 1)
    .map(([code, found]) => `${code}: ${[...found].map((one) => one.split(" ")[0]).join(", ")}`);
  assert.deepEqual(wrong, []);
});

Deno.test("No message of an error ends with a period but the agreed texts", () => {
  const wrong: string[] = [];
  for (const { path, text } of SOURCES) {
    for (const message of messages(text)) {
      for (const literal of literals(message)) {
        if (/[^.]\.$/.test(literal) && !AGREED.includes(literal.replaceAll("\\`", "`"))) {
          wrong.push(`${path}: ${literal}`);
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
});

async function sources(): Promise<readonly Source[]> {
  const paths = await modulesUnder(ROOT, "src/");
  return await Promise.all(
    paths.filter((path) => !path.startsWith("src/server/"))
      .map(async (path) => ({ path, text: await Deno.readTextFile(new URL(path, ROOT)) })),
  );
}

/** Functions that take the message of an error before anything else. */
const FACTORIES = [
  "usageError",
  ...SOURCES.flatMap(({ text }) =>
    [...text.matchAll(/function (\w+)\(\s*message: string\b[^)]*\): (?:\w*Error)\b/g)]
      .map(([, name = ""]) => name)
  ),
];

/** Returns the expressions of a source that are messages of errors. */
function messages(text: string): string[] {
  return [
    ...calls(text, "new TrackerError").flatMap((body) => {
      const at = body.indexOf("message:");
      return at < 0 ? [] : [firstExpression(body.slice(at + "message:".length))];
    }),
    // What a command declares to be said of a line that lacks something, or of a hosted binding.
    ...[...text.matchAll(/\b(?:missing|refusal):(?=\s+")/g)].map(({ index, 0: { length } }) =>
      firstExpression(text.slice(index + length))
    ),
    ...[...new Set(FACTORIES)].flatMap((name) => calls(text, name).map(firstExpression)),
  ];
}

/** Returns what stands between the parentheses of each call of a function. */
function calls(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`(?<!function |\\w)${name}\\(`, "g"))]
    .map(({ index, 0: { length } }) => upTo(text.slice(index + length), ")"));
}

/** Returns the first of several expressions that commas part. */
function firstExpression(text: string): string {
  return upTo(text, ",");
}

/** Returns a text up to a character that is neither in brackets nor in a literal, or to the bracket that ends it. */
function upTo(text: string, end: string): string {
  const open: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    const inside = open.at(-1);
    if (inside === '"' || inside === "'" || inside === "`") {
      if (character === "\\") at++;
      else if (character === inside) open.pop();
      else if (inside === "`" && character === "$" && text[at + 1] === "{") open.push("{"), at++;
    } else if (open.length === 0 && (character === end || /[)\]}]/.test(character))) {
      return text.slice(0, at);
    } else if (/["'`([{]/.test(character)) open.push(character);
    else if (/[)\]}]/.test(character)) open.pop();
  }
  return text;
}

/** Returns the string literals of an expression, those within templates left out. */
function literals(expression: string): string[] {
  return [...expression.matchAll(/"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`/gs)]
    .map(([, plain, template]) => plain ?? template ?? "");
}
