import { HOSTED_PROVIDERS } from "../../../../contract/providers.ts";
import type { ShownConnection } from "../../../connections/admin.ts";
import type { ConsoleAnswer, ConsolePage, Visit } from "../visit.ts";
import { requireConnection } from "./connection.tsx";
import { credentialForm, findWay, noWay, valuesOf, type Way } from "./credential_form.tsx";
import { leadToProvider } from "./sign_in.tsx";
import { storeCredential } from "./store_credential.ts";

const PATH = "/connections/new/:provider";

/** Asks for what a provider is connected with. */
export const CONNECT_PAGE: ConsolePage = {
  method: "GET",
  path: PATH,
  section: "connections",
  for: "admin",
  answer: (visit) => Promise.resolve(credentialForm(visit, requireWay(visit, "query"), {})),
};

const RENEW_PATH = "/connections/:id/credential";

/** Asks for another credential of a connection. */
export const RENEW_PAGE: ConsolePage = {
  method: "GET",
  path: RENEW_PATH,
  section: "connections",
  for: "admin",
  async answer(visit) {
    const way = requireWay(visit, "query", await requireConnection(visit));
    return credentialForm(visit, way, valuesOf(way));
  },
};

/** Tests another credential of a connection at its provider, and stores it once it works. */
export const RENEW_FORM: ConsolePage = {
  method: "POST",
  path: RENEW_PATH,
  section: "connections",
  for: "admin",
  answer: async (visit) =>
    await connect(visit, requireWay(visit, "form", await requireConnection(visit))),
};

/** Tests what was entered at the provider, and stores it once it works. */
export const CONNECT_FORM: ConsolePage = {
  method: "POST",
  path: PATH,
  section: "connections",
  for: "admin",
  answer: async (visit) => await connect(visit, requireWay(visit, "form")),
};

function requireWay(
  { host, part, query, form }: Visit,
  from: "query" | "form",
  renewed: ShownConnection | null = null,
): Way {
  const named = renewed === null ? part("provider") : renewed.provider;
  const provider = HOSTED_PROVIDERS.find((name) => name === named);
  const asked = from === "query" ? query.get("kind") : form.text("kind");
  const kind = asked ?? renewed?.credentialKind ?? "";
  const way = provider === undefined ? null : findWay(host, { provider, kind, renewed });
  if (way !== null) return way;
  throw noWay(named);
}

async function connect(visit: Visit, way: Way): Promise<ConsoleAnswer> {
  const { form } = visit;
  const { connecting, credential: { kind, fields }, renewed } = way;
  const values: Record<string, string> = {};
  const missing: Record<string, string> = {};
  for (const { name, label, isRequired } of fields) {
    values[name] = form.text(name);
    if (isRequired && values[name] === "") missing[name] = `Enter: ${label}.`;
  }
  if (Object.keys(missing).length > 0) return credentialForm(visit, way, values, missing);
  const read = connecting.read({ kind, values });
  if (read.ok && renewed !== null && read.credential.baseUrl !== renewed.baseUrl) {
    const url = `This connection is to ${renewed.baseUrl}. Connect another address as a new one.`;
    return credentialForm(visit, way, values, { url });
  }
  if (!read.ok) return credentialForm(visit, way, values, { [read.field ?? ""]: read.message });
  return connecting.signIn?.kind === kind
    ? await leadToProvider(visit, way, values, read.credential)
    : await storeCredential(visit, way, values, read.credential);
}
