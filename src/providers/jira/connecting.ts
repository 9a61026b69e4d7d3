import { readAddress } from "../address.ts";
import {
  accessOf,
  type CheckedCredential,
  type Connecting,
  type ConnectingTools,
  type Credential,
  type CredentialFault,
  type CredentialField,
  type CredentialForm,
  type GivenCredential,
  type ReadCredential,
  type WebhookForm,
} from "../connecting.ts";
import { fault, FIELD, isHeaderText, namesIn } from "../credential_form.ts";
import { ProviderError } from "../remote.ts";
import { PERMISSION_MISSING } from "../rest.ts";
import { APP, ATLASSIAN, type Atlassian, readApp } from "./app.ts";
import { DATA_CENTER_TOKEN, isScoped, TOKEN } from "./credential.ts";
import { editionOf } from "./editions.ts";
import { JIRA_BUDGETS } from "./faults.ts";
import { throughGateway } from "./gateway.ts";
import { nameOf } from "./issues.ts";
import { missingAt } from "./permissions.ts";
import { placeFrom, siteOf } from "./places.ts";
import type { JiraProject } from "./schemas.ts";
import { type JiraCalls, jiraCalls } from "./session.ts";
import { appSignIn, NEEDED } from "./sign_in.ts";

const SITE: CredentialField = {
  ...FIELD,
  name: "url",
  label: "Address of the site",
  hint: "Such as https://acme.atlassian.net.",
};

const PROJECTS: CredentialField = {
  ...FIELD,
  name: "places",
  label: "Projects",
  hint: "By their keys, such as WEB OPS. All that the credential reaches unless entered.",
  isRequired: false,
};

const CREDENTIALS: readonly CredentialForm[] = [
  {
    kind: TOKEN,
    title: "Jira Cloud, API token",
    steps: [
      "Open the security settings of your account at Atlassian, API tokens.",
      "Create an API token, and give it the longest time that your rules allow. One with scopes needs read:jira-work, write:jira-work and read:jira-user.",
      "Enter it with the mail address of the account. It may do what the account may do.",
    ],
    url: "https://id.atlassian.com/manage-profile/security/api-tokens",
    fields: [
      SITE,
      { ...FIELD, name: "email", label: "Mail address" },
      { ...FIELD, name: "token", label: "API token", isSecret: true },
      PROJECTS,
    ],
  },
  {
    kind: APP,
    title: "Jira Cloud, OAuth app",
    steps: [
      "Open the developer console of Atlassian, and create an OAuth 2.0 integration.",
      "Under Permissions, add the Jira API with its classic scopes read:jira-work, write:jira-work, read:jira-user and manage:jira-webhook.",
      "Under Authorization, add OAuth 2.0 (3LO) with the callback URL that is shown here.",
      "Enter the client id and the secret that stand under Settings. You then let the app in at Atlassian.",
    ],
    url: "https://developer.atlassian.com/console/myapps/",
    fields: [
      SITE,
      { ...FIELD, name: "client_id", label: "Client id" },
      { ...FIELD, name: "client_secret", label: "Client secret", isSecret: true },
      PROJECTS,
    ],
  },
  {
    kind: DATA_CENTER_TOKEN,
    title: "Jira Data Center, personal access token",
    steps: [
      "Open your profile at Jira, Personal Access Tokens.",
      "Create a token, and give it the longest time that your rules allow.",
      "It may do what your account may do.",
    ],
    url: null,
    fields: [
      { ...SITE, label: "Address of the server", hint: "Such as https://jira.example.com." },
      { ...FIELD, name: "token", label: "Personal access token", isSecret: true },
      PROJECTS,
    ],
  },
];

const WEBHOOKS: WebhookForm = {
  where: "In the settings at Jira, as an administrator: System, WebHooks, Create a WebHook.",
  addressName: "URL",
  secretName: "Secret",
  makesSecret: false,
  settings: [
    ["Issue related events", "a query such as project = WEB, for the projects brought here"],
    ["Issue", "created, updated, deleted"],
  ],
};

/**
 * How Jira is connected: to a site in the cloud by a person's token or by an app that a person lets in, to a server of a
 * team's own by a person's token.
 */
export const JIRA_CONNECTING: Connecting = jiraConnecting(ATLASSIAN);

/** Returns how Jira is connected, with its sign-in of apps at these addresses. */
export function jiraConnecting(atlassian: Atlassian): Connecting {
  return {
    credentials: CREDENTIALS,
    webhooks: WEBHOOKS,
    read,
    look: (credential, tools) => look(credential, atlassian, tools),
    signIn: appSignIn(atlassian),
  };
}

function read({ kind, values }: GivenCredential): ReadCredential {
  const isCloud = kind !== DATA_CENTER_TOKEN;
  const baseUrl = siteIn(values["url"]?.trim() ?? "", isCloud);
  if (baseUrl === null) {
    return fault(
      "url",
      "Enter an address such as https://acme.atlassian.net, without a user name or a password. http is for loopback only.",
    );
  }
  // Such a site refuses a token that is sent without a mail address before it says what it is.
  if (!isCloud && isOfAtlassian(baseUrl)) return fault("url", needsMail(baseUrl));
  const keys = keysIn(values["places"] ?? "");
  const wrong = keys.find((key) => !/^[A-Z][A-Z0-9_]{0,254}$/.test(key));
  if (wrong !== undefined) {
    return fault("places", `"${wrong}" is no key of a project, such as WEB.`);
  }
  const site = keys.length === 0 ? null : keys.join(" ");
  if (kind === APP) return readEntered(values, { baseUrl, site });
  const token = values["token"]?.trim() ?? "";
  if (!isHeaderText(token)) {
    return fault("token", "Enter the token as Jira shows it.");
  }
  if (!isCloud) return { ok: true, credential: { kind, secret: token, baseUrl, site } };
  const email = values["email"]?.trim() ?? "";
  if (!/^[^\s:@]{1,200}@[^\s:@]{1,200}$/.test(email)) {
    return fault("email", "Enter the mail address of the account that the token is of.");
  }
  const secret = JSON.stringify({ email, token });
  return { ok: true, credential: { kind, secret, baseUrl, site } };
}

/** What an app is entered with is completed by the sign-in at Atlassian. */
function readEntered(
  values: GivenCredential["values"],
  { baseUrl, site }: Pick<Credential, "baseUrl" | "site">,
): ReadCredential {
  const clientId = values["client_id"]?.trim() ?? "";
  const clientSecret = values["client_secret"]?.trim() ?? "";
  const words = (what: string) => `Enter the ${what} as the developer console shows it.`;
  if (!isHeaderText(clientId)) return fault("client_id", words("client id"));
  if (!isHeaderText(clientSecret)) return fault("client_secret", words("secret"));
  const secret = JSON.stringify({ clientId, clientSecret });
  return { ok: true, credential: { kind: APP, secret, baseUrl, site } };
}

/** What begins the path of a page: what comes before is where a server is. */
const PAGES = /\/(?:browse|issues|login\.jsp|plugins|projects|rest|secure)(?:\/.*)?$/;

/** People enter an address with or without its scheme, and often that of a page of the site. */
function siteIn(text: string, isCloud: boolean): string | null {
  const hasScheme = /^[a-z]+:\/\//i.test(text);
  const address = readAddress(hasScheme ? text : `https://${text}`);
  if (address === null || text === "") return null;
  const { origin, hostname, pathname } = new URL(address);
  // A server within a network may be called by one word, which alone is more likely the name of a site.
  const isOneWord = !/[.:]/.test(hostname) && hostname !== "localhost";
  if (isOneWord && (isCloud || !hasScheme)) return null;
  return isCloud ? origin : origin + pathname.replace(PAGES, "").replace(/\/$/, "");
}

/** Keys of projects, as they are entered and stored. */
function keysIn(text: string): readonly string[] {
  return namesIn(text.toUpperCase());
}

/** A token that the site does not take may have scopes: the gateway takes it then. */
async function look(
  credential: Credential,
  { api }: Atlassian,
  tools: ConnectingTools,
): Promise<CheckedCredential> {
  const atSite = await lookAs(credential, tools);
  if (atSite.ok || atSite.field !== "token" || credential.kind !== TOKEN) return atSite;
  const scoped = await throughGateway(credential, api, tools);
  if (scoped === null) return atSite;
  const seen = await lookAs(scoped.credential, tools);
  if (!seen.ok) return seen.field === "token" && !seen.lacksScope ? atSite : seen;
  const note = `The token has scopes: the host calls ${scoped.gateway}, and links lead to ` +
    `${credential.baseUrl}.`;
  return { ...seen, credential: scoped.credential, notes: [note] };
}

/** What came of a test one way. */
type Seen =
  | Extract<CheckedCredential, { readonly ok: true }>
  | CredentialFault & { readonly lacksScope?: true };

async function lookAs(credential: Credential, tools: ConnectingTools): Promise<Seen> {
  const { baseUrl, site } = credential;
  const access = accessOf(credential, tools, JIRA_BUDGETS);
  const edition = editionOf(credential);
  const calls = jiraCalls(access, edition);
  let account: string;
  try {
    const wrong = wrongEdition(credential, await calls.site.server());
    if (wrong !== null) return wrong;
    account = nameOf(await calls.site.account());
  } catch (error) {
    const words = refusalIn(error, credential);
    if (words === null) throw error;
    return words;
  }
  const found = await projectsOf(calls, keysIn(site ?? ""));
  if (!found.ok) return found;
  const keys = found.projects.map(({ key }) => key);
  const [first] = found.projects;
  const host = (first === undefined ? baseUrl : siteOf(first.self)).replace(/^https?:\/\//, "");
  return {
    ok: true,
    account: `${account} at ${host}`,
    missing: await missingAt(calls, keys, {
      edition,
      scopes: credential.kind === APP ? readApp(credential.secret).scopes : null,
      isScoped: isScoped(credential.secret),
    }),
    places: found.projects.map(placeFrom),
  };
}

function isOfAtlassian(baseUrl: string): boolean {
  return new URL(baseUrl).hostname.endsWith(".atlassian.net");
}

function needsMail(baseUrl: string): string {
  return `${baseUrl} is in the cloud: its API tokens need the mail address of their account.`;
}

/** A token of one kind is of no use at a Jira of the other. */
function wrongEdition(
  { kind, baseUrl }: Credential,
  { deploymentType }: { readonly deploymentType: string },
): CredentialFault | null {
  const isCloud = /^cloud$/i.test(deploymentType);
  if (deploymentType === "" || isCloud === (kind !== DATA_CENTER_TOKEN)) return null;
  return fault(
    "url",
    isCloud
      ? needsMail(baseUrl)
      : `${baseUrl} is a server of its own: it takes a personal access token, and no mail address.`,
  );
}

function refusalIn(
  error: unknown,
  { baseUrl, kind, secret }: Credential,
): CredentialFault & { readonly lacksScope?: true } | null {
  if (!(error instanceof ProviderError)) return null;
  const { fault: why, message } = error;
  if (why.kind === "rejected" && why.code === PERMISSION_MISSING && isScoped(secret)) {
    return { ...fault("token", `${message}. ${NEEDED_SCOPES}`), lacksScope: true };
  }
  if (why.kind === "refused" && kind === APP) return fault(null, `${message}.`);
  if (why.kind === "refused") return fault("token", `${message}.${whyRefused(kind, baseUrl)}`);
  return why.kind === "rejected" && why.code === "http_404"
    ? fault(
      "url",
      `There is no ${kind === DATA_CENTER_TOKEN ? "Jira" : "Jira Cloud"} at ${baseUrl}.`,
    )
    : null;
}

const NEEDED_SCOPES = `A token with scopes needs ${NEEDED.join(", ")}.`;

/** What people mistake who have a credential that works elsewhere. */
function whyRefused(kind: string, baseUrl: string): string {
  if (kind === DATA_CENTER_TOKEN) return "";
  return isOfAtlassian(baseUrl)
    ? " It takes an API token with the mail address of its account."
    : " A server of your own takes a personal access token, and no mail address.";
}

interface ReachedProjects {
  readonly ok: true;
  readonly projects: readonly JiraProject[];
}

async function projectsOf(
  { site }: JiraCalls,
  keys: readonly string[],
): Promise<ReachedProjects | CredentialFault> {
  if (keys.length === 0) {
    const projects = await site.projects();
    return { ok: true, projects: projects.filter(({ archived }) => archived !== true) };
  }
  const projects: JiraProject[] = [];
  for (const key of keys) {
    const project = await site.project(key);
    if (project === null) {
      return fault("places", `Jira has no project "${key}", or the credential does not reach it.`);
    }
    // A project is found by a key that it had once, too.
    if (!projects.some(({ id }) => id === project.id)) projects.push(project);
  }
  return { ok: true, projects };
}
