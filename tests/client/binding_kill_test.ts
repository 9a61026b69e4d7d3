import assert from "node:assert/strict";
import { HostedClient } from "../../src/client/client.ts";
import { savedChoice } from "../../src/client/chosen_resource.ts";
import { HostedTrackerService } from "../../src/client/service.ts";
import { IssueCache } from "../../src/client/sync_cache.ts";
import { loadBinding } from "../../src/project/config.ts";
import { configPath } from "../../src/project/config_file.ts";
import { currentIdentity, loadIdentity } from "../../src/project/identity.ts";
import type { Files } from "../../src/platform/files.ts";
import { type TestPlatform, testPlatform } from "../support/platform.ts";
import { HOST, hostOf, rotatingTokens, STATUS } from "./support.ts";
import { BOUND, LEGACY } from "./service_support.ts";

/** A host that knows the project once a confirm has reached it. */
function host(several: boolean): (request: Request) => Promise<Response> {
  let isBound = false;
  return (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/status/")) {
      return Promise.resolve(Response.json({ ...STATUS, binding_ref: "srm_new" }));
    }
    if (pathname.endsWith("/bind-resolve/")) {
      if (several && !isBound) return Promise.resolve(Response.json(SEVERAL));
      return Promise.resolve(Response.json({
        match_type: "exact",
        candidate_token: isBound ? null : "ct",
        binding_ref: isBound ? "srm_new" : null,
        candidates: [],
        display_label: "New",
      }));
    }
    isBound = true;
    return Promise.resolve(Response.json({
      binding_ref: "srm_new",
      display_label: "New",
      provider: "linear",
      provider_context: {},
      bound_at: "2026-03-01T12:00:00Z",
    }));
  };
}

/** Two candidates, of which the second is the one to bind. */
const SEVERAL = {
  match_type: "candidates",
  candidate_token: null,
  binding_ref: null,
  candidates: ["Other", "New"].map((display_label, sort_position) => ({
    candidate_token: `ct_${sort_position}`,
    display_label,
    confidence: "low",
    match_reason: "same installation",
    sort_position,
  })),
  display_label: null,
};

/** A machine whose process is killed before its step number `killedAt`: from there on nothing happens any more. */
function mortal(
  home: string,
  answer: (request: Request) => Promise<Response>,
  killedAt: number,
): { platform: TestPlatform; steps: () => number } {
  let steps = 0;
  const step = <T>(work: () => Promise<T>): Promise<T> => {
    steps++;
    return steps >= killedAt ? Promise.reject(new Error("killed")) : work();
  };
  const files = (real: Files): Files => ({
    ...real,
    readText: (path) => step(() => real.readText(path)),
    readBytes: (path) => step(() => real.readBytes(path)),
    stat: (path) => step(() => real.stat(path)),
    makeDirectory: (path, mode) => step(() => real.makeDirectory(path, mode)),
    async writeAtomic(path, content, options) {
      // Killed before the rename, and killed right after it.
      await step(() => Promise.resolve());
      await real.writeAtomic(path, content, options);
      await step(() => Promise.resolve());
    },
    lock: (path, options) => step(() => real.lock(path, options)),
  });
  const platform = testPlatform(home, { env: { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" }, files });
  return {
    platform: { ...platform, fetch: (request) => step(() => answer(request)) },
    steps: () => steps,
  };
}

async function service(platform: TestPlatform): Promise<HostedTrackerService> {
  const root = platform.home;
  return new HostedTrackerService({
    currentIdentity: () => currentIdentity(platform, root),
    chosenResource: savedChoice(platform, root, HOST),
    platform,
    root,
    provider: "linear",
    binding: await loadBinding(platform, root),
    client: new HostedClient({ ...await hostOf(platform), tokens: rotatingTokens() }),
    cache: new IssueCache({ platform, provider: "linear", baseUrl: HOST }),
    identity: () => loadIdentity(platform, root, { warn: () => {} }),
  });
}

const OLD_SECTION = /tracker:\n {2}provider: linear # chosen\n {2}binding_ref: srm_1\n/;
const NEW_SECTION = /binding_ref: srm_new\n {2}display_label: New\n/;

const CASES: readonly [
  string,
  string,
  (one: HostedTrackerService) => Promise<unknown>,
  RegExp,
][] = [
  ["a bind", BOUND, (one: HostedTrackerService) => one.resolveAndBind(), NEW_SECTION],
  [
    "a first bind without an identity",
    "# mine\n",
    (one: HostedTrackerService) => one.resolveAndBind(),
    NEW_SECTION,
  ],
  [
    "a bind by number",
    BOUND,
    (one: HostedTrackerService) => one.resolveAndBind({ select: 2 }),
    NEW_SECTION,
  ],
  ["an upgrade", LEGACY, (one: HostedTrackerService) => one.status(), /binding_ref: srm_new\n/],
];

for (const [name, config, work, isNew] of CASES) {
  Deno.test(`${name} that is killed before any of its steps leaves the old config or the new, and can be repeated`, async () => {
    let finished = false;
    for (let killedAt = 1; !finished; killedAt++) {
      assert.ok(killedAt < 100, "it never comes to its end");
      const home = await Deno.makeTempDir({ prefix: "tracker-kill-" });
      try {
        await Deno.mkdir(`${home}/.kittify`);
        await Deno.writeTextFile(configPath(home), config);
        const answer = host(name === "a bind by number");
        const { platform, steps } = mortal(home, answer, killedAt);
        await service(platform).then(work).catch(() => {});
        finished = steps() < killedAt;
        const text = await Deno.readTextFile(configPath(home));
        const isOld = config === BOUND ? OLD_SECTION.test(text) : !/binding_ref/.test(text);
        assert.ok(isOld || isNew.test(text), `step ${killedAt}: ${text}`);
        assert.ok(text.startsWith(config.slice(0, 6)));
        if (finished) assert.match(text, isNew);

        await work(await service(mortal(home, answer, Number.POSITIVE_INFINITY).platform));
        assert.match(await Deno.readTextFile(configPath(home)), isNew);
      } finally {
        await Deno.remove(home, { recursive: true });
      }
    }
  });
}
