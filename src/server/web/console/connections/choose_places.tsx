import { PROVIDER_TITLES } from "../../../../contract/providers.ts";
import type { CheckedCredential } from "../../../../providers/mod.ts";
import type { ShownConnection } from "../../../connections/admin.ts";
import { choosePlaces, placesBrought } from "../../../connections/choose.ts";
import { testCredential } from "../../../connections/connect.ts";
import { testConnection } from "../../../connections/test_connection.ts";
import { type CredentialKeys, renewalOf } from "../../../context/renewal.ts";
import { HttpError } from "../../../http/http_error.ts";
import { credentialOf } from "../../../store/connected_resources.ts";
import { CheckField, Form, NO_PROBLEMS, type Problems } from "../form.tsx";
import { Empty, PageHead } from "../parts.tsx";
import { sentence } from "../refusal.ts";
import { type ConsoleAnswer, type ConsolePage, done, showForm, type Visit } from "../visit.ts";
import { counted } from "../words.ts";
import { requireConnection } from "./connection.tsx";
import { connectionPath, notReached } from "./connection_words.tsx";

const PATH = "/connections/:id/places";

/** Asks which places of the provider a connection brings. */
export const CHOOSE_PAGE: ConsolePage = {
  method: "GET",
  path: PATH,
  section: "connections",
  for: "admin",
  answer: async (visit) => await placesForm(visit, await requireConnection(visit)),
};

/** Has a connection bring what was chosen. */
export const CHOOSE_FORM: ConsolePage = {
  method: "POST",
  path: PATH,
  section: "connections",
  for: "admin",
  answer: choose,
};

/** Tests the stored credential at its provider once more. */
export const TEST_FORM: ConsolePage = {
  method: "POST",
  path: "/connections/:id/test",
  section: "connections",
  for: "admin",
  async answer(visit) {
    const { context, actor, host, team } = visit;
    const path = connectionPath(visit.part("id"));
    const { tested: seen, outOfReach } = await testConnection(
      context,
      actor,
      { name: visit.part("id"), teamId: team.id },
      {
        connectable: host.connectable,
        ...keysOf(host),
      },
    );
    if (!seen.ok) return done(path, `The test failed: ${sentence(seen.message)}`, "warn");
    const reach = `it reaches ${counted(seen.places.length, "place")} as ${seen.account}`;
    if (outOfReach.length > 0) {
      return done(path, `The credential works: ${reach}. ${notReached(outOfReach)}`, "warn");
    }
    return seen.missing.length === 0
      ? done(path, `The credential works: ${reach}.`)
      : done(path, `The credential works, and may not: ${seen.missing.join("; ")}.`, "warn");
  },
};

/** Returns what the stored credential reaches. */
async function look(visit: Visit, connection: ShownConnection): Promise<CheckedCredential> {
  const { context, host, team } = visit;
  const { id, provider, credentialKind: kind, baseUrl, site } = connection;
  const connecting = host.connectable[provider];
  const stored = await credentialOf(context.store, team.id, id);
  if (connecting === undefined || stored === null) {
    throw new HttpError({
      code: "validation_error",
      status: 404,
      message: `This host cannot reach ${PROVIDER_TITLES[provider]}`,
    });
  }
  const keys = keysOf(host);
  const secret = await keys.secretOf({ id, credential: stored });
  return await testCredential(
    context,
    connecting,
    { kind, secret, baseUrl, site },
    (signal) => renewalOf(context, keys, { connectionId: id, signal }),
  );
}

function keysOf({ provideKey }: Visit["host"]): CredentialKeys {
  return {
    provideKey,
    secretOf: async ({ id, credential }) => await (await provideKey()).decrypt(id, credential),
  };
}

async function choose(visit: Visit): Promise<ConsoleAnswer> {
  const { context, actor, form } = visit;
  const connection = await requireConnection(visit);
  const wanted = new Set(form.all("place"));
  const seen = await look(visit, connection);
  if (!seen.ok) return await placesForm(visit, connection, { "": sentence(seen.message) });
  const places = seen.places.filter(({ externalId }) => wanted.has(externalId));
  if (places.length === 0) {
    return await placesForm(visit, connection, { "": "Choose at least one place." });
  }
  const added = await choosePlaces(context, actor, connection, places);
  if (added === 0) {
    return await placesForm(visit, connection, {
      "": places.length === 1
        ? "This place comes with a connection already."
        : "These places come with connections already.",
    });
  }
  return done(connectionPath(connection.id), `${counted(added, "place")} added.`);
}

async function placesForm(
  visit: Visit,
  connection: ShownConnection,
  problems: Problems = NO_PROBLEMS,
): Promise<ConsoleAnswer> {
  const seen = await look(visit, connection);
  const brought = await placesBrought(visit.context, connection);
  const path = connectionPath(connection.id);
  const places = seen.ok ? seen.places : [];
  const left = places.filter(({ externalId }) => !brought.has(externalId));
  const others = places.flatMap(({ externalId, label }) => {
    const by = brought.get(externalId) ?? connection.name;
    return by === connection.name ? [] : [{ label, by }];
  });
  return showForm(
    "Choose places",
    <>
      <PageHead
        title={
          <>
            What to bring from <bdi>{connection.name}</bdi>
          </>
        }
        lead="The issues of these places are mirrored here, and what projects push is delivered there."
      />
      {!seen.ok
        ? (
          <div class="notice bad">
            <div>
              <p class="notice-title">The provider cannot be asked</p>
              <p>{sentence(seen.message)}</p>
            </div>
          </div>
        )
        : left.length === 0
        ? (
          <Empty
            title={places.length === 0
              ? "The credential reaches no place"
              : "Nothing is left to choose"}
          >
            <p>
              <a href={path}>Go to the connection</a>
            </p>
          </Empty>
        )
        : (
          <Form
            action={`${path}/places`}
            csrf={visit.session.csrf}
            submit="Bring these here"
            cancel={path}
            problems={problems}
          >
            <fieldset class="field">
              <legend>Places</legend>
              {left.map(({ externalId, label }, index) => (
                <CheckField
                  id={`place-${index}`}
                  name="place"
                  label={label}
                  value={externalId}
                  isChecked={visit.form.all("place").includes(externalId)}
                />
              ))}
            </fieldset>
          </Form>
        )}
      {others.length === 0 ? null : (
        <section aria-labelledby="others">
          <h2 id="others">With other connections</h2>
          <ul>
            {others.map(({ label, by }) => (
              <li>
                <bdi>{label}</bdi> comes with <bdi>{by}</bdi>, and stays with it.
              </li>
            ))}
          </ul>
        </section>
      )}
    </>,
    problems,
  );
}
