import { ends } from "../support/bound.ts";
import { until } from "../support/until.ts";
import type { World } from "../support/world.ts";
import { GITLAB_TOKEN, type GitLabWorld, withGitLab } from "./connect_setup.ts";
import { serve, signIn, terminate } from "./host_setup.ts";
import { API_TOKEN, type JiraWorld, withJira } from "./jira_setup.ts";

/** What is connected, and the key of the issue that comes last. */
export interface ConnectedPlace {
  readonly data: string;
  readonly provider: string;
  readonly last: string;
}

/** Serves what is connected, binds the project to the first place, and pulls until the last issue is there. */
export async function withBound(
  world: World,
  { data, provider, last }: ConnectedPlace,
  test: () => Promise<void>,
): Promise<void> {
  const host = await serve(world, ["--data", data]);
  await signIn(world, host.url);
  await ends(world, 0, ["bind", "-p", provider, "--select", "1"]);
  await until(async () => {
    await ends(world, 0, ["sync", "pull"]);
    return (await world.here(["issue", "show", last])).code === 0 ? true : null;
  });
  await test();
  await terminate(host);
}

/** A host that serves a project of GitLab with two issues, and a checkout that is bound to it and has pulled them. */
export function withBoundGitLab(test: (scene: GitLabWorld) => Promise<void>): Promise<void> {
  return withGitLab(async (scene) => {
    const { world, data, addIssues, connect } = scene;
    addIssues(2);
    await ends(world, 0, connect("--project", "acme/web"), { stdin: GITLAB_TOKEN });
    await withBound(world, { data, provider: "gitlab", last: "#2" }, () => test(scene));
  });
}

/** A host that serves a project of Jira with two issues, and a checkout that is bound to it and has pulled them. */
export function withBoundJira(
  test: (scene: JiraWorld) => Promise<void>,
  edition: "cloud" | "server" = "cloud",
): Promise<void> {
  return withJira(async (scene) => {
    const { world, data, jira, web, connect } = scene;
    for (const summary of ["Issue 1", "Issue 2"]) jira.add(web, { summary });
    await ends(world, 0, connect("--project", "WEB"), { stdin: API_TOKEN });
    await withBound(world, { data, provider: "jira", last: "WEB-2" }, () => test(scene));
  }, edition);
}
