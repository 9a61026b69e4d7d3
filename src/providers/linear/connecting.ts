import { readAddress } from "../address.ts";
import {
  accessOf,
  type CheckedCredential,
  type Connecting,
  type ConnectingTools,
  type Credential,
  type CredentialField,
  type GivenCredential,
  type ReadCredential,
} from "../connecting.ts";
import { fault, FIELD, isHeaderText, namesIn } from "../credential_form.ts";
import { ProviderError } from "../remote.ts";
import type { LinearCalls } from "./calls.ts";
import { LINEAR_BUDGETS } from "./faults.ts";
import { placeFrom } from "./issues.ts";
import { OPERATIONS } from "./operations.ts";
import { LinearSession } from "./session.ts";

const LINEAR = "https://api.linear.app";

const TEAMS: CredentialField = {
  ...FIELD,
  name: "places",
  label: "Teams",
  hint: "By their keys, such as ENG OPS. All that the credential reaches unless entered.",
  isRequired: false,
};

const ADDRESS: CredentialField = {
  ...FIELD,
  name: "url",
  label: "Address of the API",
  isRequired: false,
  preset: LINEAR,
};

/** How Linear is connected: by a key of a person, as an app, or by a token that an app was given. */
export const LINEAR_CONNECTING: Connecting = {
  credentials: [
    {
      kind: "key",
      title: "API key",
      steps: [
        "Open the settings at Linear, Security & access, Personal API keys.",
        "Create a key with the permissions Read and Write.",
        "Give it the teams whose issues are to be brought here, or all.",
      ],
      url: "https://linear.app/settings/account/security",
      fields: [{ ...FIELD, name: "key", label: "API key", isSecret: true }, TEAMS, ADDRESS],
    },
    {
      kind: "app",
      title: "App (client credentials)",
      steps: [
        "Open the settings at Linear, API, OAuth applications, as an administrator.",
        "Create an application, and turn on client credentials for it.",
        "What it writes is the app's, and nobody's own.",
      ],
      url: "https://linear.app/settings/api/applications/new",
      fields: [
        { ...FIELD, name: "client", label: "Client ID" },
        { ...FIELD, name: "secret", label: "Client secret", isSecret: true },
        TEAMS,
        ADDRESS,
      ],
    },
    {
      kind: "token",
      title: "OAuth token",
      steps: [
        "Authorize an application of yours with actor=app and the scopes read and write.",
        "Its token lasts for a day: an app with client credentials renews its own.",
      ],
      url: null,
      fields: [{ ...FIELD, name: "token", label: "Access token", isSecret: true }, TEAMS, ADDRESS],
    },
  ],
  webhooks: {
    where: "In the settings at Linear, as an administrator: API, Webhooks, New webhook.",
    addressName: "URL",
    secretName: "Signing secret",
    makesSecret: true,
    settings: [
      ["Team", "each team that is brought here, or all public teams"],
      ["Data change events", "Issues"],
    ],
  },
  read,
  look,
};

/** The field that each way to sign in has its secret in. */
const SECRET_FIELDS: Readonly<Record<string, string>> = {
  key: "key",
  app: "secret",
  token: "token",
};

function read({ kind, values }: GivenCredential): ReadCredential {
  const baseUrl = readAddress(values["url"]?.trim() || LINEAR);
  if (baseUrl === null) {
    return fault(
      "url",
      `Enter an address such as ${LINEAR}, without a user name or a password. http is for loopback only.`,
    );
  }
  const keys = keysIn(values["places"] ?? "");
  const wrong = keys.find((key) => !/^[A-Z0-9_-]{1,32}$/.test(key));
  if (wrong !== undefined) return fault("places", `"${wrong}" is no key of a team, such as ENG.`);
  const site = keys.length === 0 ? null : keys.join(" ");
  const field = SECRET_FIELDS[kind] ?? "key";
  const secret = values[field]?.trim() ?? "";
  if (!isHeaderText(secret)) return fault(field, "Enter it as Linear shows it.");
  if (kind === "key" && /^(bearer\b|lin_oauth_)/i.test(secret)) {
    return fault(
      field,
      "This is a token of OAuth, and no API key: an API key begins with lin_api_.",
    );
  }
  if (kind !== "app") return { ok: true, credential: { kind, secret, baseUrl, site } };
  const clientId = values["client"]?.trim() ?? "";
  if (!isHeaderText(clientId)) return fault("client", "Enter the client ID as Linear shows it.");
  const stored = JSON.stringify({ clientId, clientSecret: secret });
  return { ok: true, credential: { kind, secret: stored, baseUrl, site } };
}

/** Keys of teams, as they are entered and stored. */
function keysIn(text: string): readonly string[] {
  return namesIn(text.toUpperCase());
}

async function look(
  credential: Credential,
  tools: ConnectingTools,
): Promise<CheckedCredential> {
  const { kind, site } = credential;
  const access = accessOf(credential, tools, LINEAR_BUDGETS);
  const session = new LinearSession(access);
  const calls = session.calls(access);
  let scopes: readonly string[] | null;
  let admin: boolean;
  let account: string;
  try {
    scopes = await session.scopes();
    const { viewer, organization } = await calls.ask(OPERATIONS.viewer);
    admin = viewer.admin;
    account = `${viewer.displayName} at ${organization.name}`;
  } catch (error) {
    if (!(error instanceof ProviderError) || error.fault.kind !== "refused") throw error;
    return fault(SECRET_FIELDS[kind] ?? null, `${error.message}.`);
  }
  const teams = await calls.teams();
  const keys = keysIn(site ?? "");
  const unknown = keys.find((key) => !teams.some((team) => team.key === key));
  if (unknown !== undefined) {
    return fault("places", `Linear has no team "${unknown}", or the credential does not reach it.`);
  }
  const chosen = keys.length === 0 ? teams : teams.filter(({ key }) => keys.includes(key));
  return {
    ok: true,
    account,
    missing: await missing(calls, scopes, admin),
    places: chosen.map(placeFrom),
  };
}

const WRITE = "create and change issues (the permission Write)";

const WEBHOOKS = "register a webhook (an administrator's key or the scope admin; " +
  "without it changes are found by asking)";

async function missing(
  calls: LinearCalls,
  scopes: readonly string[] | null,
  admin: boolean,
): Promise<readonly string[]> {
  const writes = scopes === null ? await mayWrite(calls) : scopes.includes("write");
  const administers = scopes === null
    ? admin && await mayReadWebhooks(calls)
    : scopes.includes("admin");
  return [...writes ? [] : [WRITE], ...administers ? [] : [WEBHOOKS]];
}

/** No issue has it: Linear makes random ones. */
const NO_ISSUE = "00000000-0000-4000-8000-000000000000";

/** Linear does not tell what a key may do, so it is tried: with an issue that is not there, nothing is changed. */
async function mayWrite(calls: LinearCalls): Promise<boolean> {
  return await isAllowed(() => calls.ask(OPERATIONS.updateIssue, { id: NO_ISSUE, input: {} }));
}

async function mayReadWebhooks(calls: LinearCalls): Promise<boolean> {
  return await isAllowed(() => calls.webhooks());
}

async function isAllowed(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
    return error.fault.code !== "permission_missing";
  }
}
