import { type Bench, type Case, type Figure, spread } from "./bench.ts";
import { startProgram } from "./programs/child.ts";
import { changeOne, COMMON_WORD, fillPage, RARE_WORDS } from "./programs/page_home.ts";

const ISSUES = 100_000;

/** Milliseconds that an answer may take. */
const GOALS: Readonly<Record<string, number>> = {
  "state": 15,
  "issues": 15,
  "search for words of one issue": 100,
  "search for a word of every seventh": 100,
  "poll that finds nothing new": 5,
};

/** How long the dashboard's answers take, next to a bare server that answers as many bytes as its state. */
export const bench: Bench = {
  name: "page",
  what: `the dashboard of ${ISSUES} cached issues over HTTP, each answer after a change of the ` +
    "cache but for the poll, as a ratio to a bare server that answers with as many bytes",
  rounds: 15,
  async prepare() {
    const base = await Deno.makeTempDir({ prefix: "tracker-bench-page-" });
    const home = await fillPage(base, ISSUES);
    const page = await startProgram("page_home.ts", [base]);
    const state = await ask(`${page.line}state.json`);
    const bare = await startProgram("answer_server.ts", [String(state.length)]);
    const taken = new Map<string, number[]>();
    let changes = 0;
    const answer = (name: string, path: string): Case => ({
      name,
      before: () => changeOne(home, ++changes),
      run: () => timed(taken, name, () => ask(`${page.line}${path}`)),
    });
    const search = (name: string, words: string) =>
      answer(name, `issues.json?q=${encodeURIComponent(words)}&limit=50`);
    let seen = "";
    return {
      baseline: { name: "a bare server", run: async () => void await ask(bare.line) },
      cases: [
        answer("state", "state.json"),
        answer("issues", "issues.json?limit=50"),
        search("search for words of one issue", RARE_WORDS),
        search("search for a word of every seventh", COMMON_WORD),
        {
          name: "poll that finds nothing new",
          before: async () => {
            seen = await settledVersion(`${page.line}state.json`);
          },
          run: () =>
            timed(taken, "poll that finds nothing new", async () => {
              const { status } = await fetched(`${page.line}state.json`, seen);
              if (status !== 304) throw new Error(`A poll was answered with ${status}`);
            }),
        },
      ],
      figures: () =>
        Object.entries(GOALS).flatMap(([name, limit]) => figuresOf(name, taken.get(name), limit)),
      async clean() {
        await page.stop();
        await bare.stop();
        await Deno.remove(base, { recursive: true });
      },
    };
  },
};

function figuresOf(name: string, taken: readonly number[] = [], limit: number): Figure[] {
  const { min, median, max } = spread(taken);
  return [
    { name: `${name}, middle`, value: median, unit: "ms", limit },
    { name: `${name}, quickest`, value: min, unit: "ms" },
    { name: `${name}, slowest`, value: max, unit: "ms" },
  ];
}

async function timed(
  taken: Map<string, number[]>,
  name: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const started = performance.now();
  await work();
  const times = taken.get(name) ?? [];
  taken.set(name, [...times, performance.now() - started]);
}

async function ask(address: string): Promise<string> {
  const answer = await fetch(address);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${address} was answered with ${answer.status}: ${text}`);
  return text;
}

async function fetched(address: string, version: string): Promise<Response> {
  const answer = await fetch(address, { headers: { "if-none-match": version } });
  await answer.body?.cancel();
  return answer;
}

/** Asks until the page knows the version of what it shows, which it does not at once after a change. */
async function settledVersion(address: string): Promise<string> {
  for (;;) {
    const version = (await fetched(address, "")).headers.get("etag");
    if (version !== null) return version;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
