import assert from "node:assert/strict";
import {
  evaluateReadiness,
  type ReadinessOptions,
  type ReadinessProbes,
} from "../../src/client/readiness.ts";
import {
  READINESS_STATES,
  READINESS_WORDING,
  type ReadinessState,
} from "../../src/user/readiness_wording.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { setSetting } from "../../src/user/settings.ts";
import type { Stub } from "../support/fetch.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { HOST } from "./support.ts";
import { aSession } from "../support/sessions.ts";
import { projectConfig } from "../support/projects.ts";

const READY: ReadinessProbes = {
  rollout: () => true,
  auth: () => Promise.resolve(true),
  hostUrl: () => Promise.resolve(HOST),
  reachability: () => Promise.resolve(true),
  binding: () => Promise.resolve(true),
};

/** How each check fails, with the state that tells it, in the order of the checks. */
const FAILURES: readonly {
  readonly state: ReadinessState;
  readonly probe: keyof ReadinessProbes;
  readonly probes: Partial<ReadinessProbes>;
}[] = [
  { state: "rollout_disabled", probe: "rollout", probes: { rollout: () => false } },
  { state: "missing_auth", probe: "auth", probes: { auth: () => Promise.resolve(false) } },
  {
    state: "missing_host_config",
    probe: "hostUrl",
    probes: { hostUrl: () => Promise.resolve(null) },
  },
  {
    state: "host_unreachable",
    probe: "reachability",
    probes: { reachability: () => Promise.resolve(false) },
  },
  {
    state: "missing_mission_binding",
    probe: "binding",
    probes: { binding: () => Promise.resolve(false) },
  },
];

const ASK_ALL = { requireMissionBinding: true, probeReachability: true } as const;

async function stateOf(
  probes: Partial<ReadinessProbes>,
  options: Partial<ReadinessOptions> = ASK_ALL,
): Promise<Awaited<ReturnType<typeof evaluateReadiness>>> {
  let answer: Awaited<ReturnType<typeof evaluateReadiness>> | null = null;
  await withPlatform({}, async (platform) => {
    answer = await evaluateReadiness({
      platform,
      projectRoot: platform.home,
      ...options,
      probes: { ...READY, ...probes },
    });
  });
  assert.ok(answer !== null);
  return answer;
}

Deno.test("the checks come in the order of the states", () => {
  assert.deepEqual(READINESS_STATES, [...FAILURES.map(({ state }) => state), "ready"]);
});

Deno.test("with every prerequisite met the state is ready, without words", async () => {
  assert.deepEqual(await stateOf({}), {
    state: "ready",
    message: "",
    nextAction: null,
    details: { server_url: HOST },
  });
});

for (const { state, probes } of FAILURES) {
  Deno.test(`a single failing check yields ${state} with its words`, async () => {
    const answer = await stateOf(probes, { ...ASK_ALL, featureSlug: "042-login" });
    assert.equal(answer.state, state);
    const fill = (text: string) =>
      text.replace("{server_url}", HOST).replace("{feature_slug}", "042-login");
    assert.equal(answer.message, fill(READINESS_WORDING[state].message));
    assert.equal(answer.nextAction, fill(READINESS_WORDING[state].nextAction ?? ""));
  });
}

Deno.test("the mission is looked for only where the words need it", async () => {
  let asked = 0;
  const featureSlug = () => {
    asked++;
    return Promise.resolve("042-login");
  };
  assert.equal((await stateOf({}, { ...ASK_ALL, featureSlug })).state, "ready");
  assert.equal(asked, 0);
  for (const { probes } of FAILURES) {
    const found = await stateOf(probes, { ...ASK_ALL, featureSlug });
    assert.deepEqual(found, await stateOf(probes, { ...ASK_ALL, featureSlug: "042-login" }));
  }
});

for (const [index, earlier] of FAILURES.entries()) {
  for (const later of FAILURES.slice(index + 1)) {
    Deno.test(`${earlier.state} comes before ${later.state}`, async () => {
      const answer = await stateOf({ ...later.probes, ...earlier.probes });
      assert.equal(answer.state, earlier.state);
    });
    Deno.test(`${earlier.state} comes before an exception in the check of ${later.state}`, async () => {
      const broken = { [later.probe]: () => Promise.reject(new RangeError("boom")) };
      const answer = await stateOf({ ...broken, ...earlier.probes });
      assert.equal(answer.state, earlier.state);
      assert.equal(answer.details["error"], undefined);
    });
  }
}

for (const { probe } of FAILURES) {
  for (const asynchronous of [true, false]) {
    Deno.test(`an exception (${asynchronous ? "rejected" : "thrown"}) in ${probe} is host_unreachable with the error's name`, async () => {
      const error = new RangeError("boom");
      const broken = {
        [probe]: () => {
          if (asynchronous) return Promise.reject(error);
          throw error;
        },
      };
      const answer = await stateOf(broken);
      assert.equal(answer.state, "host_unreachable");
      assert.equal(answer.details["error"], "RangeError: boom");
      assert.equal(answer.message, READINESS_WORDING.host_unreachable.message);
    });
  }
}

Deno.test("without an active feature the missing binding is the project's", async () => {
  const answer = await stateOf({ binding: () => Promise.resolve(false) });
  assert.equal(answer.state, "missing_mission_binding");
  const { message, nextAction } = READINESS_WORDING.missing_project_binding;
  assert.equal(answer.message, message);
  assert.equal(answer.nextAction, nextAction);
});

Deno.test("outside of a project there is no binding to look for", async () => {
  const answer = await stateOf({}, { ...ASK_ALL, projectRoot: null });
  assert.equal(answer.state, "missing_mission_binding");
});

Deno.test("reachability and binding are looked at only when asked for", async () => {
  const asked: string[] = [];
  const probes = {
    reachability: () => Promise.resolve(asked.push("reachability") > 0),
    binding: () => Promise.resolve(asked.push("binding") > 0),
  };
  assert.equal((await stateOf(probes, {})).state, "ready");
  assert.deepEqual(asked, []);
  await stateOf(probes, { probeReachability: true });
  assert.deepEqual(asked, ["reachability"]);
  await stateOf(probes, { requireMissionBinding: true });
  assert.deepEqual(asked, ["reachability", "binding"]);
});

// From here on the real checks, against real files.

const CONFIG = projectConfig({ provider: "linear", binding_ref: "srm_1" }, { identified: false });

async function signIn(platform: TestPlatform, host = HOST): Promise<void> {
  const credentials = new CredentialStore({ platform });
  await credentials.saveSession(aSession(host, { username: null, teamSlug: null }));
}

async function withMachine(
  test: (platform: TestPlatform, evaluate: () => Promise<string>) => Promise<void>,
  network: readonly Stub[] = [],
): Promise<void> {
  const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
  await withPlatform({ env, network }, async (platform) => {
    const evaluate = async () =>
      (await evaluateReadiness({ platform, projectRoot: platform.home, ...ASK_ALL })).state;
    await test(platform, evaluate);
  });
}

const HEAD: Stub = {
  request: "HEAD /",
  headers: { authorization: null },
  reply: { status: 503 },
};

Deno.test("following each next action on an empty machine leads to ready", async () => {
  await withMachine(async (platform, evaluate) => {
    platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", undefined);
    assert.equal(await evaluate(), "rollout_disabled");
    platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", "1");
    assert.equal(await evaluate(), "missing_auth");
    await signIn(platform);
    assert.equal(await evaluate(), "missing_host_config");
    await setSetting(platform, "sync.server_url", HOST);
    assert.equal(await evaluate(), "host_unreachable");
    assert.equal(await evaluate(), "missing_mission_binding");
    await platform.files.writeAtomic(`${platform.home}/.kittify/config.yaml`, CONFIG);
    assert.equal(await evaluate(), "ready");
    platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", "off");
    assert.equal(await evaluate(), "rollout_disabled");
  }, [{ ...HEAD, reply: { fail: "connection refused" } }, HEAD, HEAD]);
});

Deno.test("a session at another host than the configured one is missing_auth", async () => {
  await withMachine(async (platform, evaluate) => {
    await signIn(platform, "https://other.example");
    await setSetting(platform, "sync.server_url", HOST);
    assert.equal(await evaluate(), "missing_auth");
  });
});

Deno.test("an injected token counts, with or without a host URL", async () => {
  await withMachine(async (platform, evaluate) => {
    platform.setEnv("TRACKER_TOKEN", "t");
    assert.equal(await evaluate(), "missing_host_config");
    platform.setEnv("SPEC_KITTY_SAAS_URL", HOST);
    assert.equal(await evaluate(), "missing_mission_binding");
  }, [HEAD]);
});

Deno.test("any HTTP answer counts as reachable, whatever its status", async () => {
  for (const status of [200, 404, 500]) {
    await withMachine(async (platform, evaluate) => {
      await signIn(platform);
      platform.setEnv("SPEC_KITTY_SAAS_URL", HOST);
      assert.equal(await evaluate(), "missing_mission_binding", String(status));
    }, [{ ...HEAD, reply: { status } }]);
  }
});

Deno.test("a silent host is unreachable after 2 seconds and one request", async () => {
  await withMachine(async (platform) => {
    await signIn(platform);
    platform.setEnv("SPEC_KITTY_SAAS_URL", HOST);
    const before = platform.clock.monotonic();
    const logged: unknown[] = [];
    const onRequestLog = (entry: unknown) => void logged.push(entry);
    const answer = await evaluateReadiness({
      platform,
      projectRoot: null,
      onRequestLog,
      ...ASK_ALL,
    });
    assert.deepEqual(logged, [{ method: "HEAD", path: "/", status: null, ms: 2_000 }]);
    assert.equal(answer.state, "host_unreachable");
    assert.equal(answer.nextAction, `Check network connectivity to \`${HOST}\` and retry.`);
    assert.equal(platform.clock.monotonic() - before, 2_000);
  }, [{ ...HEAD, reply: { hang: true } }]);
});

Deno.test("unreadable files are host_unreachable with the reason, and no exception", async () => {
  await withMachine(async (platform) => {
    await signIn(platform);
    platform.setEnv("SPEC_KITTY_SAAS_URL", HOST);
    await platform.files.writeAtomic(`${platform.home}/.kittify/config.yaml`, "tracker: [");
    const answer = await evaluateReadiness({
      platform,
      projectRoot: platform.home,
      requireMissionBinding: true,
    });
    assert.equal(answer.state, "host_unreachable");
    assert.match(answer.details["error"] ?? "", /^TrackerError: .*config\.yaml/);
  });
  await withMachine(async (platform) => {
    await platform.files.writeAtomic(`${platform.home}/.spec-kitty/credentials`, "[", {
      mode: 0o600,
    });
    platform.setEnv("SPEC_KITTY_SAAS_URL", HOST);
    const answer = await evaluateReadiness({ platform, projectRoot: null });
    assert.equal(answer.state, "host_unreachable");
    assert.match(answer.details["error"] ?? "", /credentials/);
  });
});

Deno.test("a missing network permission is told in the details", async () => {
  const denied = () => {
    const error = new Error("Requires net access");
    error.name = "NotCapable";
    throw error;
  };
  await withMachine(async (platform) => {
    await signIn(platform);
    platform.setEnv("SPEC_KITTY_SAAS_URL", HOST);
    const answer = await evaluateReadiness({ platform, projectRoot: null, ...ASK_ALL });
    assert.equal(answer.state, "host_unreachable");
    assert.equal(answer.details["error"], "NotCapable: Requires net access");
  }, [{ ...HEAD, reply: denied }]);
});

Deno.test("an error that is a TrackerError, or no Error at all, is told in the details as well", async () => {
  const tracked = () =>
    Promise.reject(new TrackerError({ code: "locked", message: "It is locked" }));
  assert.equal((await stateOf({ auth: tracked })).details["error"], "TrackerError: It is locked");
  const odd = () => Promise.reject("text");
  assert.equal((await stateOf({ auth: odd })).details["error"], "text");
});
