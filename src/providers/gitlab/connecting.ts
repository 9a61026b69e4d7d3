import { readAddress } from "../address.ts";
import {
  accessOf,
  type CheckedCredential,
  type Connecting,
  type ConnectingTools,
  type Credential,
  type CredentialFault,
  type CredentialField,
  type GivenCredential,
  type ReadCredential,
} from "../connecting.ts";
import { fault, FIELD, isHeaderText, namesIn } from "../credential_form.ts";
import { ProviderError } from "../remote.ts";
import { GITLAB_BUDGETS } from "./budgets.ts";
import { mayRead, missingRoles, missingScopes, rolesIn } from "./permissions.ts";
import { placeOf } from "./places.ts";
import type { GitLabProject } from "./schemas.ts";
import { type GitLabCalls, GitLabSession, hasIssues, oauthAddress } from "./session.ts";

const GITLAB_COM = "https://gitlab.com";

const PLACES: CredentialField = {
  ...FIELD,
  name: "places",
  label: "Projects or groups",
  hint: "Such as acme/web, or acme/* for all projects of a group and its subgroups.",
};

const ADDRESS: CredentialField = {
  ...FIELD,
  name: "url",
  label: "Address of GitLab",
  hint: "Of an instance of your own: https://gitlab.example.com. GitLab 16 and newer.",
  preset: GITLAB_COM,
};

/** How GitLab is connected: by a token of a person, a project or a group. */
export const GITLAB_CONNECTING: Connecting = {
  credentials: [
    {
      kind: "token",
      title: "Personal, project or group token",
      steps: [
        "Open Settings, Access tokens at GitLab: of a project, of a group, or of your own account.",
        "Give the token the scope api, and the role Reporter or a higher one.",
        "For changes that are seen at once, give it the role Maintainer.",
      ],
      url: "https://gitlab.com/-/user_settings/personal_access_tokens",
      fields: [PLACES, { ...FIELD, name: "token", label: "Token", isSecret: true }, ADDRESS],
    },
    {
      kind: "oauth",
      title: "OAuth token",
      steps: [
        "Authorize an application of yours with the scope api.",
        "Its token lasts for two hours: it is for trying out.",
      ],
      url: null,
      fields: [PLACES, { ...FIELD, name: "token", label: "Access token", isSecret: true }, ADDRESS],
    },
  ],
  webhooks: {
    where: "In the settings of each project at GitLab: Webhooks, Add new webhook.",
    addressName: "URL",
    secretName: "Secret token",
    makesSecret: false,
    settings: [["Trigger", "Issues events, Confidential issues events, Comments"]],
  },
  read,
  look,
};

function read({ kind, values }: GivenCredential): ReadCredential {
  const address = readAddress(values["url"]?.trim() || GITLAB_COM);
  if (address === null) {
    return fault(
      "url",
      `Enter an address such as ${GITLAB_COM}, without a user name or a password. http is for loopback only.`,
    );
  }
  const baseUrl = address.endsWith("/api/v4") ? address : `${address}/api/v4`;
  const wanted = namesIn(values["places"] ?? "");
  if (wanted.length === 0) {
    return fault("places", "Name a project such as acme/web, or a group such as acme/*.");
  }
  const wrong = wanted.find((one) => !/^[\w.-]+((\/[\w.-]+)+|(\/[\w.-]+)*\/\*)$/.test(one));
  if (wrong !== undefined) {
    return fault(
      "places",
      `"${wrong}" is no project such as acme/web, and no group such as acme/*.`,
    );
  }
  const secret = values["token"]?.trim() ?? "";
  if (!isHeaderText(secret)) {
    return fault("token", "Enter the token as GitLab shows it.");
  }
  return { ok: true, credential: { kind, secret, baseUrl, site: wanted.join(" ") } };
}

async function look(
  credential: Credential,
  tools: ConnectingTools,
): Promise<CheckedCredential> {
  const access = accessOf(credential, tools, GITLAB_BUDGETS);
  const session = new GitLabSession(access);
  const calls = session.calls(access);
  try {
    const scopes = credential.kind === "oauth"
      ? await calls.places.oauthScopes(oauthAddress(credential.baseUrl))
      : await calls.places.scopes();
    const lacks = missingScopes(scopes);
    if (!mayRead(scopes)) {
      return fault("token", `The token cannot ${lacks.join(", ")}.`);
    }
    const account = await session.account(calls);
    const found = await projectsOf(calls, namesIn(credential.site ?? ""));
    if (!found.ok) return found;
    const usable = found.projects.filter(hasIssues);
    return {
      ok: true,
      account: account.username,
      missing: [...lacks, ...missingRoles(await rolesIn(calls.places, account, usable))],
      places: usable.map(placeOf),
    };
  } catch (error) {
    if (!(error instanceof ProviderError) || error.fault.kind !== "refused") throw error;
    return fault("token", `${error.message}.`);
  }
}

interface ReachedProjects {
  readonly ok: true;
  readonly projects: readonly GitLabProject[];
}

async function projectsOf(
  { places }: GitLabCalls,
  wanted: readonly string[],
): Promise<ReachedProjects | CredentialFault> {
  const found = new Map<number, GitLabProject>();
  for (const one of wanted) {
    const owner = /^(.*)\/\*$/.exec(one)?.[1];
    if (owner !== undefined) {
      const projects = await places.projectsOf(owner);
      if (projects === null) {
        return fault("places", `GitLab knows no group "${owner}", or the token does not reach it.`);
      }
      for (const project of projects) found.set(project.id, project);
      continue;
    }
    const project = await places.project(one);
    if (project === null) {
      return fault("places", `The project "${one}" is not there, or the token does not reach it.`);
    }
    if (!hasIssues(project)) {
      return fault("places", `Issues are turned off in "${project.path_with_namespace}".`);
    }
    found.set(project.id, project);
  }
  return { ok: true, projects: [...found.values()] };
}
