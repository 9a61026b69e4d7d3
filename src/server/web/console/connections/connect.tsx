import {
  HOSTED_PROVIDERS,
  type HostedProvider,
  PROVIDER_TITLES,
} from "../../../../contract/providers.ts";
import { TrackerError } from "../../../../platform/tracker_error.ts";
import type {
  Connecting,
  CredentialField,
  CredentialForm,
  NewPlace,
} from "../../../../providers/mod.ts";
import { webLink } from "../../../../pages/web_link.ts";
import type { ShownConnection } from "../../../connections/admin.ts";
import { addConnection, testCredential } from "../../../connections/connect.ts";
import { renewCredentialOf, requireNewPlace } from "../../../connections/connect_places.ts";
import { lookForOthers } from "../../../connections/reach.ts";
import { HttpError } from "../../../http/http_error.ts";
import type { PlacesAt } from "../../../store/connected_resources.ts";
import { Form, NO_PROBLEMS, type Problems, TextArea, TextField } from "../form.tsx";
import { PageHead } from "../parts.tsx";
import { sentence } from "../refusal.ts";
import { address, Filters } from "../tabs.tsx";
import { type ConsoleAnswer, type ConsolePage, done, showForm, type Visit } from "../visit.ts";
import { requireConnection } from "./connection.tsx";
import { connectionPath, notReached } from "./connection_words.tsx";

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

/** A provider, and the way to sign in there. */
interface Way {
  readonly provider: HostedProvider;
  readonly connecting: Connecting;
  readonly credential: CredentialForm;
  /** The connection that gets the credential; `null` for a new one. */
  readonly renewed: ShownConnection | null;
  /** Where its form is. */
  readonly path: string;
}

/** Values by the names of fields. */
type Values = Readonly<Record<string, string>>;

function requireWay(
  { host, part, query, form }: Visit,
  from: "query" | "form",
  renewed: ShownConnection | null = null,
): Way {
  const named = renewed === null ? part("provider") : renewed.provider;
  const provider = HOSTED_PROVIDERS.find((name) => name === named);
  const connecting = provider === undefined ? undefined : host.connectable[provider];
  const asked = from === "query" ? query.get("kind") : form.text("kind");
  const kind = asked ?? renewed?.credentialKind ?? "";
  const credential = connecting?.credentials.find((one) => one.kind === kind) ??
    connecting?.credentials[0];
  if (provider !== undefined && connecting !== undefined && credential !== undefined) {
    const path = renewed === null
      ? `/connections/new/${provider}`
      : `${connectionPath(renewed.id)}/credential`;
    return { provider, connecting, credential, renewed, path };
  }
  throw new HttpError({
    code: "validation_error",
    status: 404,
    message: `This host cannot connect "${named}"`,
  });
}

/** What is known of a connection already, by the names of the fields; never its secret. */
function valuesOf({ credential: { fields }, renewed }: Way): Values {
  if (renewed === null) return {};
  const known = { places: renewed.site ?? "", url: renewed.baseUrl };
  const isOpen = (name: string) => fields.some((one) => one.name === name && !one.isSecret);
  return Object.fromEntries(Object.entries(known).filter(([name]) => isOpen(name)));
}

async function connect(visit: Visit, way: Way): Promise<ConsoleAnswer> {
  const { context, actor, host, team, form } = visit;
  const { provider, connecting, credential: { kind, fields }, renewed } = way;
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
  const checked = read.ok ? await testCredential(context, connecting, read.credential) : read;
  if (!checked.ok) {
    return credentialForm(visit, way, values, { [checked.field ?? ""]: checked.message });
  }
  if (!read.ok) return credentialForm(visit, way, values, { "": read.message });
  const { credential } = read;
  const { account } = checked;
  const lacks = checked.missing.length === 0 ? "" : ` It may not: ${checked.missing.join("; ")}.`;
  const tone = lacks === "" ? "good" : "warn";
  if (renewed !== null) {
    const { outOfReach } = await lookForOthers(context, connecting, credential, {
      connectionId: renewed.id,
      places: checked.places,
    });
    const given = { before: renewed, credential, account, outOfReach };
    const id = await renewCredentialOf(context, actor, await host.provideKey(), given);
    const works = `"${renewed.name}" works again as ${account}.${lacks}`;
    if (outOfReach.length === 0) return done(connectionPath(id), works, tone);
    return done(connectionPath(id), `${works} ${notReached(outOfReach)}`, "warn");
  }
  const at = { teamId: team.id, provider, baseUrl: credential.baseUrl };
  const known = await comesAlready(visit, at, checked.places);
  if (known !== null) return credentialForm(visit, way, values, { "": known });
  const made = { teamId: team.id, provider, credential, account };
  const id = await addConnection(context, actor, await host.provideKey(), made);
  return done(
    `${connectionPath(id)}/places`,
    `Connected as ${account}. Choose what to bring here.${lacks}`,
    tone,
  );
}

/** Says that other connections of the team bring all of the places; `null` when one is new. */
async function comesAlready(
  { context }: Visit,
  at: PlacesAt,
  places: readonly NewPlace[],
): Promise<string | null> {
  try {
    await requireNewPlace(context, at, places);
    return null;
  } catch (error) {
    if (!(error instanceof TrackerError) || error.code !== "connect_failed") throw error;
    return `${sentence(error.message)} Give that connection another credential on its own page.`;
  }
}

function credentialForm(
  visit: Visit,
  { provider, connecting, credential, renewed, path }: Way,
  values: Values,
  problems: Problems = NO_PROBLEMS,
): ConsoleAnswer {
  const title = renewed === null
    ? `Connect ${PROVIDER_TITLES[provider]}`
    : `Another credential for ${renewed.name}`;
  const { kind, steps, fields } = credential;
  const url = credential.url === null ? null : webLink(credential.url);
  return showForm(
    title,
    <>
      <PageHead
        title={<bdi>{title}</bdi>}
        lead="The credential is tested before it is stored, and stored encrypted. It is not shown again."
      />
      {connecting.credentials.length < 2 ? null : (
        <Filters
          label="Ways to sign in"
          tabs={connecting.credentials.map((one) => ({
            title: one.title,
            href: address(path, { kind: one.kind }),
            isHere: one.kind === kind,
          }))}
        />
      )}
      <section aria-labelledby="get">
        <h2 id="get">How to get it: {credential.title}</h2>
        <ol class="guide">{steps.map((step) => <li>{step}</li>)}</ol>
        {url === null ? null : (
          <p>
            <a href={url.url} rel="noopener nofollow">
              Open the page at {PROVIDER_TITLES[provider]}
            </a>
          </p>
        )}
      </section>
      <section aria-labelledby="enter">
        <h2 id="enter">Enter it</h2>
        <Form
          action={path}
          csrf={visit.session.csrf}
          submit={renewed === null ? "Test and connect" : "Test and replace"}
          cancel={renewed === null ? "/connections" : connectionPath(renewed.id)}
          problems={problems}
          hidden={{ kind }}
        >
          {fields.map((field) => (
            <CredentialInput field={field} values={values} problems={problems} />
          ))}
        </Form>
      </section>
    </>,
    problems,
  );
}

function CredentialInput(
  { field, values, problems }: {
    readonly field: CredentialField;
    readonly values: Values;
    readonly problems: Problems;
  },
) {
  const { name, label, hint, isSecret, isRequired, isLong, preset } = field;
  const common = {
    name,
    label,
    problems,
    required: isRequired,
    ...(hint === null ? {} : { hint }),
  };
  // What is secret was typed for nothing once more: a page does not give it back.
  if (isLong) return <TextArea {...common} value={isSecret ? "" : values[name] ?? preset} isCode />;
  return isSecret
    ? <TextField {...common} type="password" isCode />
    : <TextField {...common} value={values[name] ?? preset} isCode />;
}
