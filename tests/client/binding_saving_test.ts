import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { systemFiles } from "../../src/platform/files.ts";
import { systemRandom } from "../../src/platform/random.ts";
import { BOUND_TO_SITE, confirm, EXACT, resolve, SITE, WEB } from "./binding_support.ts";
import { failing } from "./support.ts";
import { BOUND, LEGACY, withService } from "./service_support.ts";
import { errorEnvelope } from "../support/answers.ts";
import { IDENTITY_CONFIG } from "../support/projects.ts";

Deno.test("binding to the same provider keeps project_slug and replaces label and context", async () => {
  await withService(LEGACY, [confirm("ct_site", "srm_site")], async ({ service, config }) => {
    await service.bindCandidate(SITE);
    assert.equal(
      await config(),
      `${LEGACY}  binding_ref: srm_site\n  display_label: "Website (SITE)"\n  provider_context: {team_name: Engineering}\n`,
    );
  });
  await withService(BOUND, [
    resolve({ ...EXACT, binding_ref: "srm_2", display_label: null }),
  ], async ({ service, config }) => {
    await service.resolveAndBind();
    assert.equal(
      await config(),
      `${IDENTITY_CONFIG}tracker:\n  provider: linear # chosen\n  binding_ref: srm_2\n`,
    );
  });
});

Deno.test("the same binding again keeps the label and context that the answer does not repeat", async () => {
  await withService(BOUND_TO_SITE, [
    resolve({ ...EXACT, binding_ref: "srm_site", display_label: null }),
  ], async ({ service, config }) => {
    await service.resolveAndBind();
    assert.equal(await config(), BOUND_TO_SITE);
  });
});

Deno.test("binding to another provider drops the old project_slug, label, context and workspace", async () => {
  const before = `${IDENTITY_CONFIG}tracker:
  provider: linear
  binding_ref: srm_1
  project_slug: web
  display_label: Web
  provider_context: {a: 1}
  workspace: old
  doctrine: {mode: split_ownership} # kept
`;
  await withService(before, [
    resolve({ ...EXACT, binding_ref: "srm_jira", display_label: null }, "jira"),
  ], async ({ service, config }) => {
    await service.resolveAndBind();
    assert.equal(
      await config(),
      `${IDENTITY_CONFIG}tracker:\n  provider: jira\n  binding_ref: srm_jira\n  doctrine: {mode: split_ownership} # kept\n`,
    );
  }, { provider: "jira" });
});

for (const [name, config] of [["new", null], ["known", BOUND]] as const) {
  Deno.test(`a ${name} project that cannot be written to is not bound at the host`, async () => {
    const readOnly = () => Promise.reject(new Error("Read-only file system (os error 30)"));
    for (const faults of [{ lock: readOnly }, { writeAtomic: readOnly }]) {
      await withService(config, [], async ({ service, config: text }) => {
        for (
          const bind of [
            () => service.resolveAndBind(),
            () => service.bindCandidate(SITE),
            () => service.validateAndBind("srm_1"),
          ]
        ) await failing(bind(), "config_unwritable");
        assert.equal(await text(), config);
      }, { files: (real) => ({ ...real, ...faults }) });
    }
  });
}

Deno.test("a disk that is full after the confirm leaves the old config, and the next bind finds the mapping", async () => {
  let full = false;
  const fills = confirm("ct_site", "srm_site");
  await withService(BOUND, [
    {
      ...fills,
      reply() {
        full = true;
        return "json" in fills.reply ? Response.json(fills.reply.json) : Response.error();
      },
    },
    resolve({ ...EXACT, binding_ref: "srm_site" }),
  ], async ({ service, config }) => {
    const error = await failing(service.bindCandidate(SITE), "config_unwritable");
    assert.match(error.message, /No space left/);
    assert.equal(await config(), BOUND);
    full = false;
    assert.equal((await service.resolveAndBind()).kind, "bound");
    assert.match(await config() ?? "", /binding_ref: srm_site/);
  }, {
    files: (real) => ({
      ...real,
      writeAtomic: (...args) =>
        full ? Promise.reject(new Error("No space left on device")) : real.writeAtomic(...args),
    }),
  });
});

Deno.test("a host that fails leaves the config as it was", async () => {
  for (
    const [reply, code] of [
      [{ status: 503, json: errorEnvelope(503, "internal_error") }, "internal_error"],
      [{ fail: "connection refused" }, "network_error"],
      [{ status: 200, text: "<html>" }, "invalid_response"],
    ] as const
  ) {
    await withService(BOUND, [
      { ...resolve({}), reply },
    ], async ({ service, config }) => {
      await failing(service.resolveAndBind(), code);
      assert.equal(await config(), BOUND);
    });
  }
});

Deno.test("two binds at once leave one whole binding", async () => {
  await withService(
    IDENTITY_CONFIG,
    [
      { ...confirm("ct_web", "srm_web"), body: undefined, reply: byToken },
      { ...confirm("ct_site", "srm_site"), body: undefined, reply: byToken },
    ].map(({ body: _, ...stub }) => stub),
    async ({ service, again, config }) => {
      await Promise.all([service.bindCandidate(WEB), (await again()).bindCandidate(SITE)]);
      const one = (await again()).binding;
      const name = one.bindingRef === "srm_web" ? "web" : "site";
      assert.deepEqual([one.bindingRef, one.displayLabel], [`srm_${name}`, `Label ${name}`]);
      assert.deepEqual(one.providerContext, { of: name });
      assert.ok((await config())?.startsWith(IDENTITY_CONFIG));
    },
    // The real clock: one waits some milliseconds for the other.
    { files: () => systemFiles(systemClock(), systemRandom()) },
  );
});

Deno.test("of two binds at once the one the host confirmed last is saved", async () => {
  const confirmed: string[] = [];
  const second = Promise.withResolvers<void>();
  const slowFirst = async (request: Request) => {
    const answer = await byToken(request);
    confirmed.push((await answer.clone().json()).binding_ref);
    // The first answer is under way until the second bind has ended, should that overtake it.
    if (confirmed.length === 1) await Promise.race([second.promise, systemClock().sleep(150)]);
    return answer;
  };
  await withService(
    IDENTITY_CONFIG,
    ["ct_web", "ct_site"].map((token) => {
      const { body: _, ...stub } = confirm(token, slowFirst);
      return stub;
    }),
    async ({ service, again }) => {
      const other = await again();
      const binds = [service.bindCandidate(WEB), other.bindCandidate(SITE)];
      for (const bind of binds) bind.then(() => second.resolve());
      await Promise.all(binds);
      assert.equal((await again()).binding.bindingRef, confirmed[1]);
    },
    { files: () => systemFiles(systemClock(), systemRandom()) },
  );
});

async function byToken(request: Request): Promise<Response> {
  const { candidate_token }: { candidate_token: string } = await request.json();
  const name = candidate_token.slice("ct_".length);
  return Response.json({
    binding_ref: `srm_${name}`,
    display_label: `Label ${name}`,
    provider: "linear",
    provider_context: { of: name },
    bound_at: "2026-03-01T12:00:00Z",
  });
}
