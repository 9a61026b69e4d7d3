import {
  pauseConnection,
  resumeConnection,
  type ShownConnection,
} from "../../../connections/admin.ts";
import { removeWhole } from "../../../connections/remove.ts";
import { Form } from "../form.tsx";
import { PageHead } from "../parts.tsx";
import { type ConsoleAnswer, type ConsolePage, done, show, type Visit } from "../visit.ts";
import { counted } from "../words.ts";
import { requireConnection } from "./connection.tsx";
import { connectionPath } from "./connection_words.tsx";

const ADMIN = { section: "connections", for: "admin" } as const;

/** Stops all work by a connection. */
export const PAUSE_FORM: ConsolePage = {
  ...ADMIN,
  method: "POST",
  path: "/connections/:id/pause",
  async answer(visit) {
    const { id, name } = await requireConnection(visit);
    await pauseConnection(visit.context, visit.actor, named(visit, id));
    return done(connectionPath(id), `"${name}" is paused.`);
  },
};

/** Lets a paused connection work again. */
export const RESUME_FORM: ConsolePage = {
  ...ADMIN,
  method: "POST",
  path: "/connections/:id/resume",
  async answer(visit) {
    const { id, name } = await requireConnection(visit);
    await resumeConnection(visit.context, visit.actor, named(visit, id));
    return done(connectionPath(id), `"${name}" works again.`);
  },
};

/** Asks whether a connection is to be removed. */
export const REMOVE_CONNECTION_PAGE: ConsolePage = {
  ...ADMIN,
  method: "GET",
  path: "/connections/:id/remove",
  answer: async (visit) => removeForm(visit, await requireConnection(visit)),
};

/** Removes a connection. */
export const REMOVE_CONNECTION_FORM: ConsolePage = {
  ...ADMIN,
  method: "POST",
  path: "/connections/:id/remove",
  async answer(visit) {
    const { id, name } = await requireConnection(visit);
    const { undelivered, webhookLeft } = await removeWhole(
      visit.context,
      visit.actor,
      named(visit, id),
      visit.host.providers,
    );
    const rest = undelivered === 0
      ? ""
      : ` ${counted(undelivered, "change")} will not be delivered.`;
    const left = webhookLeft === null
      ? ""
      : ` Take the webhook to ${webhookLeft} away at the provider: the host could not.`;
    return done("/connections", `"${name}" was removed.${rest}${left}`);
  },
};

function named({ team }: Visit, name: string): { readonly name: string; readonly teamId: string } {
  return { name, teamId: team.id };
}

function removeForm(visit: Visit, connection: ShownConnection): ConsoleAnswer {
  const { id, name, resources, waiting } = connection;
  return show(
    `Remove ${name}`,
    <>
      <PageHead
        title={
          <>
            Remove <bdi>{name}</bdi>?
          </>
        }
        lead="The host forgets the credential, and takes its webhooks away where that allows it. Nothing else is changed at the provider."
      />
      <p>
        {resources === 0
          ? "It brings no resources."
          : resources === 1
          ? "Its resource stays here with its issues, which then live in this host alone."
          : `Its ${
            counted(resources, "resource")
          } stay here with their issues, which then live in this host alone.`}
      </p>
      {waiting === 0 ? null : (
        <p>
          <strong>{counted(waiting, "change")}</strong>{" "}
          wait for delivery, and will not reach the provider.
        </p>
      )}
      <Form
        action={`${connectionPath(id)}/remove`}
        csrf={visit.session.csrf}
        submit="Remove the connection"
        cancel={connectionPath(id)}
        isDanger
      />
    </>,
  );
}
