import assert from "node:assert/strict";
import { HostedApiError, StaleBindingError } from "../../src/client/errors.ts";
import { searchOriginCandidates } from "../../src/missions/search_origin.ts";
import {
  failing,
  JIRA_CONFIG,
  refusal,
  RESOURCE,
  SEARCH,
  searchStub,
  SIGNED_IN,
  type TestProject,
  type TestProjectOptions,
  WEB_12,
  WEB_13,
  withProject,
} from "./support.ts";

const inProject = (
  options: TestProjectOptions,
  test: (project: TestProject) => Promise<void>,
): Promise<void> => withProject({ env: SIGNED_IN, repository: false, ...options }, test);

const search = (
  project: TestProject,
  query: { queryKey?: string; queryText?: string; limit?: number },
) =>
  searchOriginCandidates({
    platform: project.platform,
    projectRoot: project.root,
    version: "9.8.7",
    ...query,
  });

Deno.test("A text finds candidates, in the host's order, with the resource they are in", async () => {
  const query = { query_text: "login times" };
  await inProject({ network: [searchStub([WEB_12, WEB_13], query)] }, async (project) => {
    const found = await search(project, { queryText: " login times " });
    assert.deepEqual(found.candidates, [WEB_12, WEB_13]);
    assert.equal(found.provider, "jira");
    assert.equal(found.resourceType, RESOURCE.resource_type);
    assert.equal(found.resourceId, RESOURCE.resource_id);
    assert.equal(found.queryUsed, "login times");
  });
});

Deno.test("A key comes before a text, and nothing wider is searched when it finds nothing", async () => {
  const query = { query_key: "WEB-99" };
  await inProject({ network: [searchStub([], query)] }, async (project) => {
    const found = await search(project, { queryKey: "WEB-99", queryText: "login" });
    assert.deepEqual(found.candidates, []);
    assert.equal(found.queryUsed, "WEB-99");
  });
});

Deno.test("No candidate is an answer, not an error", async () => {
  await inProject({ network: [searchStub([], { query_text: "nothing" })] }, async (project) => {
    assert.deepEqual((await search(project, { queryText: "nothing" })).candidates, []);
  });
});

Deno.test("Without a binding the user is told to bind, and no host is asked", async () => {
  for (const config of [null, "project:\n  slug: web\n", "tracker:\n  provider: jira\n"]) {
    await inProject({ config }, async (project) => {
      const failure = await failing(
        search(project, { queryKey: "WEB-12" }),
        "missing_mission_binding",
      );
      assert.equal(failure.message, "No tracker bound. Run `tracker bind` first.");
    });
  }
});

const HEALTH = "GET /api/v1/tracker/health/";
const GITHUB = JIRA_CONFIG.replace("jira", "github");

Deno.test("GitHub and GitLab are searched where the host offers it, and it is asked once", async () => {
  const json = { status: "ok", extensions: ["removed", "origin_any"] };
  for (const provider of ["github", "gitlab"]) {
    const config = JIRA_CONFIG.replace("jira", provider);
    const network = [
      { request: HEALTH, reply: { status: 200, json } },
      searchStub([WEB_12], { query_key: "#12" }, provider),
    ];
    await inProject({ config, network }, async (project) => {
      assert.equal((await search(project, { queryKey: "#12" })).provider, provider);
    });
  }
});

Deno.test("A host that does not offer tickets of GitHub is not asked for any", async () => {
  for (
    const reply of [
      { status: 200, json: { status: "ok" } },
      { status: 200, json: { status: "ok", extensions: ["removed", "complete"] } },
      { status: 404, json: { error: "Not found" } },
    ]
  ) {
    const network = [{ request: HEALTH, reply }];
    await inProject({ config: GITHUB, network }, async (project) => {
      const failure = await failing(search(project, { queryKey: "#12" }), "origin_unsupported");
      assert.equal(failure.message, "Only Jira and Linear support origin binding.");
      assert.equal(
        failure.nextAction,
        "This host does not offer it for GitHub. " +
          "Run `tracker mission create SLUG` to create a mission without a ticket.",
      );
    });
  }
});

Deno.test("A host that fails to say what it offers is not taken for one that does not", async () => {
  await inProject(
    { config: GITHUB, network: [refusal(HEALTH, 500, "internal")] },
    async (project) => {
      await failing(search(project, { queryKey: "#12" }), "internal");
    },
  );
});

Deno.test("A tracker of one's own that does not say what is offered has no tickets of GitHub", async () => {
  await inProject({ config: GITHUB }, async ({ platform, root: projectRoot }) => {
    const unasked = () => Promise.reject(new Error("not asked"));
    const tracker = { searchIssues: unasked, bindOrigin: unasked };
    const access = { platform, projectRoot, version: "1.0.0", tracker };
    await failing(searchOriginCandidates({ ...access, queryKey: "#12" }), "origin_unsupported");
  });
});

Deno.test("Issues of a tool on the own machine are searched in the cache, and no host is asked", async () => {
  for (const provider of ["beads", "fp"]) {
    const config = `tracker:\n  provider: ${provider}\n  workspace: w\n`;
    await inProject({ config }, async (project) => {
      const found = await search(project, { queryKey: "WEB-12" });
      assert.deepEqual(found.candidates, []);
      assert.equal(found.resourceType, `${provider}_workspace`);
      assert.equal(found.resourceId, "w");
      assert.deepEqual((await search(project, { queryText: "login" })).candidates, []);
    });
  }
  await inProject({ config: "tracker:\n  provider: azure-devops\n" }, async (project) => {
    const failure = await failing(search(project, { queryKey: "1" }), "provider_removed");
    assert.equal(failure.message, "Azure DevOps is no longer supported.");
  });
});

Deno.test("Linear is searched like Jira, whatever the case of its name in the config", async () => {
  const config = JIRA_CONFIG.replace("jira", "Linear");
  const network = [searchStub([WEB_12], { query_key: "WEB-12" }, "linear")];
  await inProject({ config, network }, async (project) => {
    assert.equal((await search(project, { queryKey: "WEB-12" })).provider, "linear");
  });
});

Deno.test("A missing user link is a hard error that names the dashboard; nothing else is tried", async () => {
  for (const extra of [{}, { user_action_required: true }]) {
    const network = [refusal(SEARCH, 403, "missing_user_link", extra)];
    await inProject({ network }, async (project) => {
      const failure = await failing(search(project, { queryKey: "WEB-12" }), "missing_user_link");
      assert.match(failure.nextAction ?? "", /dashboard at https:\/\/tracker\.example,/);
      assert.equal(failure.message, "The host says missing_user_link");
      assert.ok(failure instanceof HostedApiError && failure.statusCode === 403);
      assert.equal(failure.userActionRequired, true);
    });
  }
});

Deno.test("No installation is a hard error that names the dashboard as well", async () => {
  await inProject({ network: [refusal(SEARCH, 403, "no_installation")] }, async (project) => {
    const failure = await failing(search(project, { queryText: "x" }), "no_installation");
    assert.match(failure.nextAction ?? "", /dashboard at https:\/\/tracker\.example,/);
  });
});

Deno.test("What the host refuses reaches the caller as it is", async () => {
  for (
    const [status, code] of [
      [404, "no_resource_mapping"],
      [422, "validation_error"],
      [500, "internal"],
    ] as const
  ) {
    await inProject({ network: [refusal(SEARCH, status, code)] }, async (project) => {
      const failure = await failing(search(project, { queryText: "x" }), code);
      assert.equal(failure.message, `The host says ${code}`);
    });
  }
});

Deno.test("A token of the environment that is refused is told of; no login is made up", async () => {
  await inProject({ network: [refusal(SEARCH, 401, "unauthorized")] }, async (project) => {
    await failing(search(project, { queryText: "x" }), "token_refused");
  });
});

Deno.test("A rate limit is waited for once", async () => {
  const network = [
    refusal(SEARCH, 429, "rate_limited", { retry_after_seconds: 7 }),
    searchStub([WEB_12]),
  ];
  await inProject({ network }, async (project) => {
    assert.equal((await search(project, { queryKey: "WEB-12" })).candidates.length, 1);
    assert.deepEqual(project.platform.clock.sleeps, [7000]);
  });
});

Deno.test("An answer that breaks the contract names the call and the field", async () => {
  const network = [{ request: SEARCH, reply: { status: 200, json: RESOURCE } }];
  await inProject({ network }, async (project) => {
    const failure = await failing(search(project, { queryKey: "WEB-12" }), "invalid_response");
    assert.equal(failure.details["field"], "candidates");
    assert.equal(failure.details["call"], "search");
  });
});

Deno.test("A binding that the host routes no more is stale: named, with the way to bind again", async () => {
  await inProject({ network: [refusal(SEARCH, 404, "binding_not_found")] }, async (project) => {
    const failure = await failing(search(project, { queryKey: "WEB-12" }), "stale_binding");
    assert.ok(failure instanceof StaleBindingError);
    assert.match(failure.nextAction ?? "", /tracker bind --provider jira/);
    assert.equal(await project.read(".kittify/config.yaml"), JIRA_CONFIG);
  });
});

Deno.test("A legacy project slug routes, and the config is upgraded from the answer", async () => {
  const config = "tracker:\n  provider: jira\n  project_slug: web\n";
  const network = [{
    request: SEARCH,
    body: { provider: "jira", project_slug: "web", query_key: "WEB-12", limit: 3 },
    reply: {
      status: 200,
      json: { candidates: [], ...RESOURCE, binding_ref: "srm_9", display_label: "Web (WEB)" },
    },
  }];
  await inProject({ config, network }, async (project) => {
    const found = await search(project, { queryKey: "WEB-12", limit: 3 });
    assert.equal("binding_ref" in found.answer, true);
    assert.match(await project.read(".kittify/config.yaml") ?? "", /binding_ref: srm_9/);
  });
});

Deno.test("Nothing to search for, no host and a closed gate are errors before any request", async () => {
  await inProject({}, async (project) => {
    await failing(search(project, {}), "empty_query");
    await failing(search(project, { queryKey: " ", queryText: "" }), "empty_query");
    project.platform.setEnv("SPEC_KITTY_SAAS_URL", undefined);
    await failing(search(project, { queryKey: "WEB-12" }), "missing_host_config");
    project.platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", "0");
    await failing(search(project, { queryKey: "WEB-12" }), "rollout_disabled");
  });
});
