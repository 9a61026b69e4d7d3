import assert from "node:assert/strict";
import { candidateAt } from "../../src/client/binding.ts";
import type { Stub } from "../support/fetch.ts";
import {
  BOUND_TO_SITE,
  CANDIDATES,
  confirm,
  EXACT,
  EXPIRED,
  resolve,
  SITE,
  WEB,
} from "./binding_support.ts";
import { failing } from "./support.ts";
import { withService } from "./service_support.ts";
import { errorEnvelope } from "../support/answers.ts";
import { IDENTITY_CONFIG, PROJECT_IDENTITY } from "../support/projects.ts";

Deno.test("discover lists what the installation could bind to", async () => {
  const resources = {
    resources: [{
      candidate_token: "ct_1",
      display_label: "Web app (WEB)",
      provider: "linear",
      provider_context: {},
      binding_ref: null,
      bound_project_slug: null,
      bound_at: null,
    }],
    installation_id: "in_1",
    provider: "linear",
  };
  await withService(null, [
    {
      request: "GET /api/v1/tracker/resources/?provider=linear",
      reply: { status: 200, json: resources },
    },
    {
      request: "POST /api/v1/tracker/bind-resolve/",
      reply: {
        status: 200,
        json: {
          match_type: "candidates",
          candidate_token: null,
          binding_ref: null,
          candidates: [WEB],
          display_label: null,
        },
      },
    },
  ], async ({ service, config }) => {
    const { result, rows, fault } = await service.discover();
    assert.deepEqual(result, resources);
    assert.deepEqual(rows, [{
      select: 1,
      label: "Web app (WEB)",
      resource: resources.resources[0],
    }]);
    assert.equal(fault, null);
    assert.equal(await config(), null);
  });
});

Deno.test("discover shows the resources when the project cannot be resolved", async () => {
  const answer = { resources: [], installation_id: "in_1", provider: "linear" };
  await withService(null, [
    {
      request: "GET /api/v1/tracker/resources/?provider=linear",
      reply: { status: 200, json: answer },
    },
    {
      request: "POST /api/v1/tracker/bind-resolve/",
      reply: { status: 500, json: errorEnvelope(500, "internal_error") },
    },
  ], async ({ service }) => {
    const { result, fault } = await service.discover();
    assert.deepEqual(result, answer);
    assert.equal(fault?.code, "internal_error");
  });
});

Deno.test("an exact match with a reference is saved without a confirm call", async () => {
  await withService(IDENTITY_CONFIG, [
    resolve({ ...EXACT, binding_ref: "srm_site", candidate_token: "ct" }),
  ], async ({ service, config }) => {
    const outcome = await service.resolveAndBind();
    assert.ok(outcome.kind === "bound");
    assert.equal(outcome.via, "exact");
    assert.equal(outcome.binding.bindingRef, "srm_site");
    assert.equal(
      await config(),
      `${IDENTITY_CONFIG}tracker:\n  provider: linear\n  binding_ref: srm_site\n  display_label: "Website (SITE)"\n`,
    );
  });
});

Deno.test("the context that comes beside an exact match is saved with it", async () => {
  const beside = { binding_ref: "srm_site", provider_context: { team_name: "Web" } };
  await withService(
    IDENTITY_CONFIG,
    [resolve({ ...EXACT, ...beside })],
    async ({ service, config }) => {
      await service.resolveAndBind();
      assert.match(await config() ?? "", /^ {2}provider_context: \{team_name: Web\}$/m);
    },
  );
});

Deno.test("an exact match without a reference is confirmed by its token", async () => {
  await withService(IDENTITY_CONFIG, [
    resolve({ ...EXACT, candidate_token: "ct_1" }),
    confirm("ct_1", "srm_site"),
  ], async ({ service, config }) => {
    const outcome = await service.resolveAndBind();
    assert.ok(outcome.kind === "bound" && outcome.via === "exact");
    assert.equal(await config(), BOUND_TO_SITE);
  });
});

Deno.test("an exact match with neither is a fault of the host that names the field", async () => {
  await withService(IDENTITY_CONFIG, [resolve(EXACT)], async ({ service, config }) => {
    const error = await failing(service.resolveAndBind(), "invalid_response");
    assert.match(error.message, /candidate_token/);
    assert.equal(await config(), IDENTITY_CONFIG);
  });
});

Deno.test("several candidates come back in order to be chosen from, nothing written", async () => {
  await withService(IDENTITY_CONFIG, [resolve(CANDIDATES)], async ({ service, config }) => {
    assert.deepEqual(await service.resolveAndBind(), {
      kind: "choose",
      candidates: [WEB, SITE],
      identity: PROJECT_IDENTITY,
    });
    assert.equal(await config(), IDENTITY_CONFIG);
  });
});

Deno.test("the chosen candidate is confirmed and saved", async () => {
  await withService(
    IDENTITY_CONFIG,
    [confirm("ct_site", "srm_site")],
    async ({ service, config }) => {
      const outcome = await service.bindCandidate(SITE);
      assert.equal(outcome.via, "candidate");
      assert.deepEqual(outcome.binding.providerContext, { team_name: "Engineering" });
      assert.equal(await config(), BOUND_TO_SITE);
    },
  );
});

Deno.test("a confirmation that names no label leaves that of the candidate", async () => {
  const bare: Stub["reply"] = { status: 200, json: { binding_ref: "srm_7" } };
  await withService(IDENTITY_CONFIG, [confirm("ct_site", bare)], async ({ service }) => {
    const { binding } = await service.bindCandidate(SITE);
    assert.equal(binding.bindingRef, "srm_7");
    assert.equal(binding.displayLabel, SITE.display_label);
  });
});

Deno.test("no match writes nothing", async () => {
  for (const answer of [{}, { match_type: "candidates" }]) {
    await withService(IDENTITY_CONFIG, [resolve(answer)], async ({ service, config }) => {
      assert.deepEqual(await service.resolveAndBind({ select: 1 }), {
        kind: "none",
        identity: PROJECT_IDENTITY,
      });
      assert.equal(await config(), IDENTITY_CONFIG);
    });
  }
});

Deno.test("a number selects the candidate one place before it, wherever it stands in the list", async () => {
  await withService(IDENTITY_CONFIG, [
    resolve(CANDIDATES),
    confirm("ct_site", "srm_site"),
  ], async ({ service, config }) => {
    const outcome = await service.resolveAndBind({ select: 2 });
    assert.ok(outcome.kind === "bound" && outcome.via === "candidate");
    assert.equal(await config(), BOUND_TO_SITE);
  });
});

Deno.test("number 1 is the exact match, and any other number is out of range", async () => {
  await withService(IDENTITY_CONFIG, [
    resolve({ ...EXACT, candidate_token: "ct_1" }),
    resolve({ ...EXACT, candidate_token: "ct_2" }),
    confirm("ct_2", "srm_site"),
  ], async ({ service, config }) => {
    const error = await failing(service.resolveAndBind({ select: 2 }), "selection_out_of_range");
    assert.equal(error.message, '"2" is not one of the candidates: only 1 is valid');
    assert.equal(await config(), IDENTITY_CONFIG);
    assert.equal((await service.resolveAndBind({ select: 1 })).kind, "bound");
  });
});

Deno.test("a number chosen for one resource does not take another that the host has bound since", async () => {
  await withService(IDENTITY_CONFIG, [
    resolve(CANDIDATES),
    confirm("ct_site", { status: 409, json: errorEnvelope(409, "already_bound") }),
    resolve({ ...EXACT, display_label: WEB.display_label, binding_ref: "srm_web" }),
  ], async ({ service, config }) => {
    await failing(service.resolveAndBind({ select: 2 }), "already_bound");
    const error = await failing(service.resolveAndBind({ select: 2 }), "already_bound_here");
    assert.match(error.message, /bound to "Web app \(WEB\)" already/);
    assert.match(error.nextAction ?? "", /`tracker bind -p linear --select 1`/);
    assert.equal(await config(), IDENTITY_CONFIG);
  });
});

for (const select of [0, -1, 3, 99]) {
  Deno.test(`number ${select} of two names the valid range and writes nothing`, async () => {
    await withService(IDENTITY_CONFIG, [resolve(CANDIDATES)], async ({ service, config }) => {
      const error = await failing(service.resolveAndBind({ select }), "selection_out_of_range");
      assert.match(error.message, /1 to 2 are valid/);
      assert.deepEqual(error.details, { selection: select, first: 1, last: 2 });
      assert.equal(await config(), IDENTITY_CONFIG);
    });
  });
}

Deno.test("a candidate is found by its number", () => {
  assert.equal(candidateAt([SITE, WEB], 1), WEB);
  assert.throws(() => candidateAt([WEB], 2), /only 1 is valid/);
});

const FRESH: readonly [string, Readonly<Record<string, unknown>>, Stub[]][] = [
  ["the same label under a fresh token", {
    match_type: "candidates",
    candidates: [{ ...WEB, display_label: "Other" }, { ...SITE, candidate_token: "ct_fresh" }],
  }, [confirm("ct_fresh", "srm_site")]],
  ["an exact match under a fresh token", { ...EXACT, candidate_token: "ct_fresh" }, [
    confirm("ct_fresh", "srm_site"),
  ]],
  ["the same place when two bear the label", {
    match_type: "candidates",
    candidates: [{ ...SITE, candidate_token: "ct_no", sort_position: 0 }, {
      ...SITE,
      candidate_token: "ct_fresh",
    }],
  }, [confirm("ct_fresh", "srm_site")]],
];

for (const [name, answer, rest] of FRESH) {
  Deno.test(`a token that ran out is replaced once, by ${name}`, async () => {
    await withService(IDENTITY_CONFIG, [
      confirm("ct_site", EXPIRED),
      resolve(answer),
      ...rest,
    ], async ({ service, config }) => {
      assert.equal((await service.bindCandidate(SITE)).kind, "bound");
      assert.equal(await config(), BOUND_TO_SITE);
    });
  });
}

Deno.test("a token that ran out while another bound the same: the reference is saved", async () => {
  await withService(IDENTITY_CONFIG, [
    confirm("ct_site", EXPIRED),
    resolve({ ...EXACT, binding_ref: "srm_site" }),
  ], async ({ service, config }) => {
    assert.equal((await service.bindCandidate(SITE)).binding.bindingRef, "srm_site");
    assert.match(await config() ?? "", /binding_ref: srm_site/);
  });
});

const GONE: readonly [string, Stub[]][] = [
  ["nothing matches any more", [resolve({})]],
  ["the candidate is not among them", [resolve({ match_type: "candidates", candidates: [WEB] })]],
  ["another resource is the match now", [
    resolve({ ...EXACT, display_label: "Web app (WEB)", candidate_token: "ct_other" }),
  ]],
  ["another resource is bound now", [
    resolve({ ...EXACT, display_label: "Web app (WEB)", binding_ref: "srm_other" }),
  ]],
  ["the fresh token is refused too", [resolve(CANDIDATES), confirm("ct_site", EXPIRED)]],
];

for (const [name, rest] of GONE) {
  Deno.test(`a token that ran out stops the bind when ${name}`, async () => {
    await withService(
      IDENTITY_CONFIG,
      [confirm("ct_site", EXPIRED), ...rest],
      async ({ service, config }) => {
        const error = await failing(service.bindCandidate(SITE), "candidate_expired");
        assert.equal(error.message, "Candidate token expired. Run the bind again.");
        assert.equal(await config(), IDENTITY_CONFIG);
      },
    );
  });
}

Deno.test("an exact match whose token ran out is resolved and confirmed once more", async () => {
  await withService(IDENTITY_CONFIG, [
    resolve({ ...EXACT, candidate_token: "ct_1" }),
    confirm("ct_1", EXPIRED),
    resolve({ ...EXACT, candidate_token: "ct_2" }),
    confirm("ct_2", "srm_site"),
  ], async ({ service }) => {
    const outcome = await service.resolveAndBind();
    assert.ok(outcome.kind === "bound" && outcome.via === "exact");
  });
});

Deno.test("any other refusal of a confirm is final and writes nothing", async () => {
  for (const [status, code] of [[409, "already_bound"], [403, "no_installation"]] as const) {
    await withService(IDENTITY_CONFIG, [
      confirm("ct_site", { status, json: errorEnvelope(status, code) }),
    ], async ({ service, config }) => {
      await failing(service.bindCandidate(SITE), code);
      assert.equal(await config(), IDENTITY_CONFIG);
    });
  }
});

Deno.test("a resource that another project has is refused with the two ways out", async () => {
  await withService(IDENTITY_CONFIG, [
    confirm(SITE.candidate_token, { status: 409, json: errorEnvelope(409, "already_bound") }),
  ], async ({ service }) => {
    const error = await failing(service.bindCandidate(SITE), "already_bound");
    assert.match(error.nextAction ?? "", /tracker discover -p linear.*removed at the host/);
  });
});
