import { STORE_MIGRATIONS } from "../../src/store/schema.ts";
import type { Bench, Case } from "./bench.ts";
import { barePull } from "./programs/bare_pull.ts";
import { bundled, FEW, hostedHome, MANY, recordedHost } from "./programs/bound_homes.ts";
import { peakOf, programUrl } from "./programs/child.ts";
import { pullOnce } from "./programs/pull.ts";
import { seed, startHostProcess } from "./programs/host_process.ts";

const HUGE = 100_000;
const TOKEN = "a".repeat(68);

/**
 * How long pulls take next to a bare loop that fetches, parses and inserts into the same columns and indexes: within one
 * process, and as programs with all that a start costs, the daemon's included. The host is a bare server, not ours.
 */
export const bench: Bench = {
  name: "pull",
  what: "pulls from a bare server, as ratios to a bare loop with the same columns and indexes",
  rounds: 9,
  async prepare() {
    const base = await Deno.makeTempDir({ prefix: "tracker-bench-pull-" });
    const peak = await peakOfMany(base);
    const [program, host] = [await bundled(base), await recordedHost(base)];
    const { url, few, many } = host;
    await Deno.writeTextFile(`${base}/schema.json`, JSON.stringify(STORE_MIGRATIONS));
    let run = 0;
    const bare = (name: string, ref: string): Case => ({
      name,
      run: () =>
        program.bare(
          programUrl("bare_pull.ts"),
          url,
          TOKEN,
          ref,
          `${base}/bare-${run++}.db`,
          `${base}/schema.json`,
        ),
    });
    let home: string | null = null;
    const stopDaemon = async () => {
      if (home !== null) await program.run(home, "daemon", "stop");
      home = null;
    };
    const whole = (name: string, ref: string, of: string, limit: number): Case => ({
      name,
      of,
      limit,
      async before() {
        await stopDaemon();
        home = `${base}/home-${run++}`;
        await hostedHome(home, url, ref);
      },
      run: () => program.run(home ?? "", "sync", "pull", "--all"),
    });
    return {
      baseline: {
        name: `bare loop of ${MANY}`,
        before: stopDaemon,
        run: () =>
          barePull({
            url,
            token: TOKEN,
            ref: many,
            path: `${base}/bare-${run++}.db`,
            schema: STORE_MIGRATIONS,
          }),
      },
      cases: [
        {
          name: `pull of ${MANY}`,
          limit: 1.5,
          run: () => pullOnce({ home: `${base}/home-${run++}`, url, token: TOKEN, ref: many }),
        },
        bare(`bare program, ${FEW}`, few),
        // The goals are 2 and 1.5, which the start of the program leaves no room for (docs/scale.md).
        whole(`tracker sync pull, ${FEW}`, few, `bare program, ${FEW}`, 2.8),
        { ...bare(`bare program, ${MANY}`, many), before: stopDaemon },
        whole(`tracker sync pull, ${MANY}`, many, `bare program, ${MANY}`, 2.3),
      ],
      figures: () => [{ name: `peak with ${HUGE} issues`, value: peak, unit: "MB", limit: 250 }],
      async clean() {
        await stopDaemon();
        await host.stop();
        await Deno.remove(base, { recursive: true });
      },
    };
  },
};

/** The memory that a pull of very many needs; from our host, which makes them. */
async function peakOfMany(base: string): Promise<number> {
  const host = await startHostProcess(base);
  try {
    const ref = await host.bind("MOB");
    await seed(host, "MOB", HUGE);
    return await peakOf("pull.ts", [`${base}/huge`, host.url, host.token, ref]);
  } finally {
    await host.stop();
  }
}
