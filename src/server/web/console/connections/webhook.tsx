import type { JSX } from "hono/jsx/jsx-runtime";
import { PROVIDER_TITLES } from "../../../../contract/providers.ts";
import type { ShownConnection } from "../../../connections/admin.ts";
import {
  enterWebhookSecret,
  showWebhookSecret,
  type WebhookPlace,
  webhookPlace,
} from "../../../connections/webhook.ts";
import { Form, Hidden, NO_PROBLEMS, type Problems, TextField } from "../form.tsx";
import { Facts, PageHead } from "../parts.tsx";
import { refusal } from "../refusal.ts";
import { Shown } from "../shown_once.tsx";
import {
  type ConsoleAnswer,
  type ConsolePage,
  done,
  show,
  showForm,
  type Visit,
} from "../visit.ts";
import { requireConnection } from "./connection.tsx";
import { connectionPath } from "./connection_words.tsx";

const PATH = "/connections/:id/webhook";
const ADMIN = { section: "connections", for: "admin" } as const;

/** Says what a person enters at the provider, so that it sends webhooks; not the secret. */
export const WEBHOOK_PAGE: ConsolePage = {
  ...ADMIN,
  method: "GET",
  path: PATH,
  answer: async (visit) => webhookPage(visit, await sceneOf(visit)),
};

/** Shows the secret. It is asked for by a form, so that no address of a page leads to it. */
export const WEBHOOK_SECRET_FORM: ConsolePage = {
  ...ADMIN,
  method: "POST",
  path: `${PATH}/secret`,
  async answer(visit) {
    const scene = await sceneOf(visit);
    const { context, actor, host, team } = visit;
    const named = { name: scene.connection.id, teamId: team.id };
    const secret = await showWebhookSecret(context, actor, await host.provideKey(), named);
    return secretPage(scene, secret);
  },
};

/** Stores the secret that the provider has made. */
export const WEBHOOK_FORM: ConsolePage = {
  ...ADMIN,
  method: "POST",
  path: PATH,
  async answer(visit) {
    const scene = await sceneOf(visit);
    const { context, actor, host, team, form } = visit;
    const { id, name } = scene.connection;
    const key = await host.provideKey();
    const problems = await refusal(
      () =>
        enterWebhookSecret(context, actor, key, { name: id, teamId: team.id }, form.text("secret")),
      { webhook_secret_invalid: "secret" },
    );
    return problems === null
      ? done(connectionPath(id), `"${name}" takes webhooks that are signed with this secret.`)
      : webhookPage(visit, scene, problems);
  },
};

interface Scene {
  readonly connection: ShownConnection;
  readonly place: WebhookPlace;
}

async function sceneOf(visit: Visit): Promise<Scene> {
  const connection = await requireConnection(visit);
  const place = await webhookPlace(visit.context, visit.host.connectable, connection);
  return { connection, place };
}

function webhookPage(
  visit: Visit,
  { connection, place }: Scene,
  problems: Problems = NO_PROBLEMS,
): ConsoleAnswer {
  const path = `${connectionPath(connection.id)}/webhook`;
  const { csrf } = visit.session;
  const makesSecret = place.form?.makesSecret === true;
  return showForm(
    "Webhooks",
    <>
      <Head connection={connection} />
      <Enter place={place} />
      {makesSecret
        ? (
          <section aria-labelledby="secret">
            <h2 id="secret">The secret</h2>
            <p>
              {PROVIDER_TITLES[connection.provider]}{" "}
              makes it, and shows it on the page of the webhook. Enter it here.
            </p>
            <Form action={path} csrf={csrf} submit="Save the secret" problems={problems}>
              <TextField
                name="secret"
                label={place.form?.secretName ?? "Secret"}
                type="password"
                problems={problems}
                required
                isCode
              />
            </Form>
          </section>
        )
        : (
          <section aria-labelledby="secret">
            <h2 id="secret">The secret</h2>
            <p>What the provider sends is signed with it. Who has it can send in its place.</p>
            <form method="post" action={`${path}/secret`}>
              <Hidden csrf={csrf} />
              <button type="submit" class="button">Show the secret</button>
            </form>
          </section>
        )}
    </>,
    problems,
  );
}

function secretPage({ connection, place }: Scene, secret: string): ConsoleAnswer {
  return show(
    "Webhooks",
    <>
      <Head connection={connection} />
      <Enter place={place} />
      <section aria-labelledby="secret">
        <h2 id="secret">The secret</h2>
        <Shown
          label={place.form?.secretName ?? "Secret"}
          value={secret}
          hint="Copy it into the form of the provider."
        />
      </section>
    </>,
  );
}

function Head({ connection }: { readonly connection: ShownConnection }): JSX.Element {
  return (
    <PageHead
      title={
        <>
          Webhooks of <bdi>{connection.name}</bdi>
        </>
      }
      lead="With them, changes are seen at once. Without, they are found by asking, within minutes."
    >
      <a class="plain-button" href={connectionPath(connection.id)}>Back to the connection</a>
    </PageHead>
  );
}

function Enter({ place: { url, path, form } }: { readonly place: WebhookPlace }): JSX.Element {
  return (
    <section aria-labelledby="enter">
      <h2 id="enter">What to enter at the provider</h2>
      {form === null ? null : <p>{form.where}</p>}
      <Facts
        facts={[
          [
            form?.addressName ?? "Address",
            url === null
              ? (
                <>
                  The address of this host, followed by <code>{path}</code>
                </>
              )
              : <code>{url}</code>,
          ],
          ...(form?.settings ?? []),
        ]}
      />
      {url === null
        ? (
          <div class="notice warn">
            <div>
              <p>
                This host does not know its address. Start it with <code>--public-url URL</code>:
                {" "}
                then it registers webhooks by itself, where the credential allows that.
              </p>
            </div>
          </div>
        )
        : null}
    </section>
  );
}
