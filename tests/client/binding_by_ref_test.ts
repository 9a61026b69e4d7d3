import assert from "node:assert/strict";
import { isJsonObject } from "../../src/contract/field.ts";
import type { Stub } from "../support/fetch.ts";
import { BOUND_TO_SITE } from "./binding_support.ts";
import { failing } from "./support.ts";
import { BOUND, withService } from "./service_support.ts";
import { errorEnvelope } from "../support/answers.ts";
import { IDENTITY_CONFIG, PROJECT_IDENTITY } from "../support/projects.ts";

function validate(ref: string, json: unknown): Stub {
  return {
    request: "POST /api/v1/tracker/bind-validate/",
    body: { provider: "linear", binding_ref: ref, project_identity: PROJECT_IDENTITY },
    reply: { status: 200, json },
  };
}

Deno.test("a valid reference is saved with its display data", async () => {
  await withService(IDENTITY_CONFIG, [
    validate("srm_site", {
      valid: true,
      binding_ref: "srm_site",
      display_label: "Website (SITE)",
      provider: "linear",
      provider_context: { team_name: "Engineering" },
    }),
  ], async ({ service, config }) => {
    const outcome = await service.validateAndBind("srm_site");
    assert.ok(outcome.kind === "bound" && outcome.via === "ref");
    assert.equal(await config(), BOUND_TO_SITE);
  });
});

const VALID = {
  valid: true,
  binding_ref: "srm_site",
  display_label: "Website (SITE)",
  provider: "linear",
  provider_context: {},
};

for (
  const [name, answer] of [
    ["another reference", { ...VALID, binding_ref: "srm_other" }],
    ["another provider", { ...VALID, provider: "jira" }],
  ] as const
) {
  Deno.test(`a validation that is answered for ${name} is refused, nothing written`, async () => {
    await withService(
      IDENTITY_CONFIG,
      [validate("srm_site", answer)],
      async ({ service, config }) => {
        await failing(service.validateAndBind("srm_site"), "binding_mismatch");
        assert.equal(await config(), IDENTITY_CONFIG);
      },
    );
  });
}

/** What a checkout without a saved identity is validated with: no UUID. */
function validateWithout(status: number, json: unknown): Stub {
  return {
    request: "POST /api/v1/tracker/bind-validate/",
    reply: async (request) => {
      const body: unknown = await request.json();
      assert.ok(isJsonObject(body) && isJsonObject(body["project_identity"]));
      assert.equal(Object.hasOwn(body["project_identity"], "uuid"), false);
      return Response.json(json, { status });
    },
  };
}

Deno.test("a checkout without an identity is validated without a UUID and takes the project's", async () => {
  const project_uuid = PROJECT_IDENTITY.uuid;
  await withService(null, [
    validateWithout(200, { ...VALID, project_uuid }),
  ], async ({ service, config }) => {
    await service.validateAndBind("srm_site");
    assert.match(await config() ?? "", new RegExp(`uuid: ${project_uuid}`));
    assert.match(await config() ?? "", /binding_ref: srm_site/);
  });
});

Deno.test("a host that asks for a UUID gets one made for this time, and nothing of it is saved", async () => {
  await withService(null, [
    validateWithout(422, errorEnvelope(422, "validation_error")),
    { request: "POST /api/v1/tracker/bind-validate/", reply: { status: 200, json: VALID } },
  ], async ({ service, config }) => {
    await service.validateAndBind("srm_site");
    assert.doesNotMatch(await config() ?? "", /uuid/);
  });
});

Deno.test("a mismatch in a checkout without an identity says that there was none to compare", async () => {
  const guidance = "Another project.";
  await withService(null, [
    validateWithout(200, {
      valid: false,
      binding_ref: "srm_site",
      reason: "project_mismatch",
      guidance,
    }),
  ], async ({ service, config }) => {
    const outcome = await service.validateAndBind("srm_site");
    assert.equal(outcome.kind === "invalid" && outcome.hasIdentity, false);
    assert.equal(await config(), null);
  });
});

for (const reason of ["mapping_deleted", "mapping_disabled", "project_mismatch"] as const) {
  Deno.test(`a reference that is ${reason} comes back with the host's guidance, nothing written`, async () => {
    await withService(BOUND, [
      validate("srm_x", { valid: false, binding_ref: "srm_x", reason, guidance: "Do this." }),
    ], async ({ service, config }) => {
      assert.deepEqual(await service.validateAndBind("srm_x"), {
        kind: "invalid",
        bindingRef: "srm_x",
        reason,
        guidance: "Do this.",
        hasIdentity: true,
      });
      assert.equal(await config(), BOUND);
    });
  });
}
