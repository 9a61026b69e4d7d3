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
import { pkcs8Of, readAppCredential } from "./auth.ts";
import { GITHUB_BUDGETS } from "./budgets.ts";
import { placeOf } from "./places.ts";
import { missingOfApp, missingOfToken } from "./permissions.ts";
import type { GitHubRepository } from "./schemas.ts";
import { type GitHubCalls, GitHubSession } from "./session.ts";

const GITHUB_COM = "https://api.github.com";

const PLACES: CredentialField = {
  ...FIELD,
  name: "places",
  label: "Owners or repositories",
  hint: "Such as acme, or acme/web acme/api.",
};

const ADDRESS: CredentialField = {
  ...FIELD,
  name: "url",
  label: "Address of the REST API",
  hint: "Of an enterprise server: https://HOST/api/v3.",
  preset: GITHUB_COM,
};

/** How GitHub is connected: by a token of a person, or as an App. */
export const GITHUB_CONNECTING: Connecting = {
  credentials: [
    {
      kind: "token",
      title: "Fine-grained token",
      steps: [
        "Open the settings of your account at GitHub, Developer settings, Fine-grained tokens.",
        "Choose the owner, and the repositories whose issues are to be brought here.",
        "Give it the repository permissions Issues: Read and write. Metadata: Read-only comes with it.",
        "For changes that are seen at once, add Webhooks: Read and write.",
      ],
      url: "https://github.com/settings/personal-access-tokens/new",
      fields: [PLACES, {
        ...FIELD,
        name: "token",
        label: "Token",
        isSecret: true,
      }, ADDRESS],
    },
    {
      kind: "app",
      title: "GitHub App",
      steps: [
        "Register an App with the repository permissions Issues: Read and write and Metadata: Read-only.",
        "Create a private key for it, which is downloaded.",
        "Install it for the owner, and choose the repositories.",
      ],
      url: "https://github.com/settings/apps/new",
      fields: [
        { ...FIELD, name: "app", label: "App ID" },
        { ...FIELD, name: "installation", label: "Installation ID" },
        {
          ...FIELD,
          name: "key",
          label: "Private key",
          hint: "The whole file, as it was downloaded.",
          isSecret: true,
          isLong: true,
        },
        { ...PLACES, hint: "All that the App was given unless entered.", isRequired: false },
        ADDRESS,
      ],
    },
  ],
  webhooks: {
    where: "In the settings of each repository at GitHub: Webhooks, Add webhook.",
    addressName: "Payload URL",
    secretName: "Secret",
    makesSecret: false,
    settings: [
      ["Content type", "application/json"],
      ["Individual events", "Issues, Issue comments, Sub-issues, Issue dependencies"],
    ],
  },
  read,
  look,
};

function read({ kind, values }: GivenCredential): ReadCredential {
  const url = readAddress(values["url"]?.trim() || GITHUB_COM);
  if (url === null) {
    return fault(
      "url",
      "Enter an address such as https://api.github.com, without a user name or a password. http is for loopback only.",
    );
  }
  const wanted = namesIn(values["places"] ?? "");
  const wrong = wanted.find((one) => !/^[\w.-]+(\/[\w.-]+)?$/.test(one));
  if (wrong !== undefined) {
    return fault("places", `"${wrong}" is no owner and no repository such as acme/web.`);
  }
  const site = wanted.length === 0 ? null : wanted.join(" ");
  if (kind === "app") return readApp(values, url, site);
  if (site === null) return fault("places", "Name an owner, or a repository such as acme/web.");
  const token = values["token"]?.trim() ?? "";
  if (!isHeaderText(token)) {
    return fault("token", "Enter the token as GitHub shows it.");
  }
  return { ok: true, credential: { kind: "token", secret: token, baseUrl: url, site } };
}

function readApp(
  values: Readonly<Record<string, string>>,
  baseUrl: string,
  site: string | null,
): ReadCredential {
  const [appId, installationId] = [
    values["app"]?.trim() ?? "",
    values["installation"]?.trim() ?? "",
  ];
  if (!/^[\w.-]{1,100}$/.test(appId)) return fault("app", "Enter the App ID, a number.");
  if (!/^\d{1,20}$/.test(installationId)) {
    return fault("installation", "Enter the number at the end of the installation's address.");
  }
  const privateKey = values["key"] ?? "";
  try {
    pkcs8Of(privateKey);
  } catch {
    return fault("key", "Enter the whole private key, from BEGIN to END.");
  }
  const secret = JSON.stringify({ appId, installationId, privateKey });
  return { ok: true, credential: { kind: "app", secret, baseUrl, site } };
}

async function look(
  credential: Credential,
  tools: ConnectingTools,
): Promise<CheckedCredential> {
  const access = accessOf(credential, tools, GITHUB_BUDGETS);
  const session = new GitHubSession(access);
  const calls = session.calls(access);
  const permissions = await session.appPermissions();
  const account = await session.account(calls);
  const login = account?.login ?? null;
  const found = await repositoriesOf(calls, namesIn(credential.site ?? ""), login);
  if (!found.ok) return found;
  const usable = found.repositories.filter(({ has_issues }) => has_issues !== false);
  return {
    ok: true,
    account: login ?? `App ${readAppCredential(credential.secret).appId}`,
    missing: permissions === null
      ? await missingOfToken(calls, account?.scopes ?? null, usable)
      : missingOfApp(permissions),
    places: usable.map(placeOf),
  };
}

interface ReachedRepositories {
  readonly ok: true;
  readonly repositories: readonly GitHubRepository[];
}

async function repositoriesOf(
  { places }: GitHubCalls,
  wanted: readonly string[],
  login: string | null,
): Promise<ReachedRepositories | CredentialFault> {
  const found = new Map<number, GitHubRepository>();
  const take = (repositories: readonly GitHubRepository[]) => {
    for (const one of repositories) found.set(one.id, one);
  };
  const given = wanted.length === 0 || login === null && wanted.some((one) => !one.includes("/"))
    ? await places.installationRepositories()
    : [];
  if (wanted.length === 0) take(given);
  for (const one of wanted) {
    if (!one.includes("/")) {
      const ofOwner = login === null
        ? given.filter(({ owner }) => owner.login.toLowerCase() === one.toLowerCase())
        : await places.repositoriesOf(one, login);
      if (ofOwner === null) return fault("places", `GitHub knows no owner "${one}".`);
      take(ofOwner);
      continue;
    }
    const repository = (await places.repository(one, null))?.repository ?? null;
    if (repository === null) {
      return fault(
        "places",
        `The repository "${one}" is not there, or the credential does not reach it.`,
      );
    }
    if (repository.has_issues === false) {
      return fault("places", `Issues are turned off in "${repository.full_name}".`);
    }
    take([repository]);
  }
  return { ok: true, repositories: [...found.values()] };
}
