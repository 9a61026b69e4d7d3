import {
  HOSTED_PROVIDERS,
  type HostedProvider,
  PROVIDER_TITLES,
} from "../../../../contract/providers.ts";
import type { Connecting, CredentialField, CredentialForm } from "../../../../providers/mod.ts";
import { webLink } from "../../../../pages/web_link.ts";
import { addConnection, testCredential } from "../../../connections/connect.ts";
import { HttpError } from "../../../http/http_error.ts";
import { Form, NO_PROBLEMS, type Problems, TextArea, TextField } from "../form.tsx";
import { PageHead } from "../parts.tsx";
import { address, Filters } from "../tabs.tsx";
import { type ConsoleAnswer, type ConsolePage, done, showForm, type Visit } from "../visit.ts";
import { connectionPath } from "./connection_words.tsx";

const PATH = "/connections/new/:provider";

/** Asks for what a provider is connected with. */
export const CONNECT_PAGE: ConsolePage = {
  method: "GET",
  path: PATH,
  section: "connections",
  for: "admin",
  answer: (visit) => Promise.resolve(credentialForm(visit, requireWay(visit, "query"), {})),
};

/** Tests what was entered at the provider, and stores it once it works. */
export const CONNECT_FORM: ConsolePage = {
  method: "POST",
  path: PATH,
  section: "connections",
  for: "admin",
  answer: connect,
};

/** A provider, and the way to sign in there. */
interface Way {
  readonly provider: HostedProvider;
  readonly connecting: Connecting;
  readonly credential: CredentialForm;
}

/** Values by the names of fields. */
type Values = Readonly<Record<string, string>>;

function requireWay({ host, part, query, form }: Visit, from: "query" | "form"): Way {
  const provider = HOSTED_PROVIDERS.find((name) => name === part("provider"));
  const connecting = provider === undefined ? undefined : host.connectable[provider];
  const kind = (from === "query" ? query.get("kind") : form.text("kind")) ?? "";
  const credential = connecting?.credentials.find((one) => one.kind === kind) ??
    connecting?.credentials[0];
  if (provider !== undefined && connecting !== undefined && credential !== undefined) {
    return { provider, connecting, credential };
  }
  throw new HttpError({
    code: "validation_error",
    status: 404,
    message: `This host cannot connect "${part("provider")}"`,
  });
}

async function connect(visit: Visit): Promise<ConsoleAnswer> {
  const { context, actor, host, team, form } = visit;
  const way = requireWay(visit, "form");
  const { provider, connecting, credential: { kind, fields } } = way;
  const values: Record<string, string> = {};
  const missing: Record<string, string> = {};
  for (const { name, label, isRequired } of fields) {
    values[name] = form.text(name);
    if (isRequired && values[name] === "") missing[name] = `Enter: ${label}.`;
  }
  if (Object.keys(missing).length > 0) return credentialForm(visit, way, values, missing);
  const read = connecting.read({ kind, values });
  const checked = read.ok ? await testCredential(context, connecting, read.credential) : read;
  if (!checked.ok) {
    return credentialForm(visit, way, values, { [checked.field ?? ""]: checked.message });
  }
  if (!read.ok) return credentialForm(visit, way, values, { "": read.message });
  const { credential } = read;
  const { account } = checked;
  const made = { teamId: team.id, provider, credential, account };
  const id = await addConnection(context, actor, await host.provideKey(), made);
  const lacks = checked.missing.length === 0 ? "" : ` It may not: ${checked.missing.join("; ")}.`;
  return done(
    `${connectionPath(id)}/places`,
    `Connected as ${account}. Choose what to bring here.${lacks}`,
    lacks === "" ? "good" : "warn",
  );
}

function credentialForm(
  visit: Visit,
  { provider, connecting, credential }: Way,
  values: Values,
  problems: Problems = NO_PROBLEMS,
): ConsoleAnswer {
  const title = `Connect ${PROVIDER_TITLES[provider]}`;
  const path = `/connections/new/${provider}`;
  const { kind, steps, fields } = credential;
  const url = credential.url === null ? null : webLink(credential.url);
  return showForm(
    title,
    <>
      <PageHead
        title={title}
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
          submit="Test and connect"
          cancel="/connections"
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
