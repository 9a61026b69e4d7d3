import type { Bench, Case } from "./bench.ts";
import { cursorIn, type MeasuredHost, places, startMeasured } from "./programs/measured.ts";
import { COMMON_WORDS, RARE_WORDS } from "./programs/many_issues.ts";
import { sizes } from "./programs/sizes.ts";

/** Issues in the resource, least first: multiples of 1,000, from 6,000 on, which the searched words need. */
const SIZES = sizes(10_000, 100_000);

/** What a call at the largest size may cost, next to the same at the smallest. */
const GROWTH = 1.3;

/** Repeats of a call in one round. */
const CALLS = 20;

/** What calls cost in a large resource, next to the same in a small one. */
export const bench: Bench = {
  name: "host-growth",
  what: `calls in a resource of ${SIZES.join(", ")} issues (TRACKER_BENCH_SIZES), ` +
    "as ratios to the smallest",
  rounds: 5,
  async prepare() {
    const data = await places();
    const hosts: MeasuredHost[] = [];
    const cases: Case[] = [];
    for (const name of data.names) {
      for (const size of SIZES) {
        const host = await startMeasured(await data.make(name), size);
        hosts.push(host);
        for (const [what, run] of Object.entries(callsOf(host))) {
          const first = `${name}, ${SIZES[0]}: ${what}`;
          const limit = size === SIZES[0] ? {} : { limit: GROWTH };
          cases.push({ name: `${name}, ${size}: ${what}`, of: first, run, ...limit });
        }
      }
    }
    const [baseline, ...others] = cases;
    if (baseline === undefined) throw new Error("Nothing to measure");
    return {
      baseline,
      cases: others,
      async clean() {
        for (const host of hosts) await host.stop();
        await data.remove();
      },
    };
  },
};

function callsOf(host: MeasuredHost): Readonly<Record<string, () => Promise<void>>> {
  const search = async (query: Readonly<Record<string, string>>, least: number) => {
    const { candidates } = await host.post("/api/v1/tracker/issue-search/", {
      provider: "linear",
      binding_ref: host.ref,
      limit: 10,
      ...query,
    });
    if (!Array.isArray(candidates) || candidates.length < least) {
      throw new Error(`The search for ${JSON.stringify(query)} has found too little`);
    }
  };
  return {
    "20 pages of 100": async () => {
      let cursor: string | null = null;
      for (let page = 0; page < CALLS; page++) cursor = cursorIn(await host.pull(100, cursor));
    },
    "20 pulls of what is new": () => repeat(() => pullNew(host)),
    "20 pulls of a kind that no issue has": () => repeat(() => pullNone(host)),
    "20 status": () => repeat(() => statusOf(host)),
    "20 searches for a key": () => repeat(() => search({ query_key: "MOB-1" }, 1)),
    "3 searches for words of one issue": () =>
      repeat(() => search({ query_text: RARE_WORDS }, 1), 3),
    "3 searches for a word of every seventh": () =>
      repeat(() => search({ query_text: COMMON_WORDS }, 10), 3),
    "20 searches without words": () => repeat(() => search({}, 10)),
    "push of 50 items": () => host.push(50),
  };
}

/** Asks for what was updated from now on: each time another question, whose answer is not remembered. */
async function pullNew({ post, ref }: MeasuredHost): Promise<void> {
  const updated_since = new Date(Date.now() + ++asked).toISOString();
  const body = { provider: "linear", binding_ref: ref, limit: 100, filters: { updated_since } };
  const { items } = await post("/api/v1/tracker/pull/", body);
  if (!Array.isArray(items) || items.length > 0) throw new Error("Something is new");
}

/** Asks for a status and a type that no issue of `fillResource` has together, with another limit each time. */
async function pullNone({ post, ref }: MeasuredHost): Promise<void> {
  const filters = { status: ["canceled"], issue_type: ["epic"] };
  const body = { provider: "linear", binding_ref: ref, limit: 100 + ++asked % 100, filters };
  const { items } = await post("/api/v1/tracker/pull/", body);
  if (!Array.isArray(items) || items.length > 0) throw new Error("There is such an issue");
}

let asked = 0;

async function statusOf({ url, headers, ref }: MeasuredHost): Promise<void> {
  const path = `/api/v1/tracker/status/?provider=linear&binding_ref=${ref}`;
  const answer = await fetch(`${url}${path}`, { headers });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`The status was answered with ${answer.status}`);
}

async function repeat(call: () => Promise<void>, times: number = CALLS): Promise<void> {
  for (let done = 0; done < times; done++) await call();
}
