import type { HostedProvider } from "../../contract/providers.ts";
import { providerOf } from "../../providers/mod.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { requireAdmin } from "../context/admin.ts";
import { audit } from "../context/audit.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { Actor } from "../model/actor.ts";
import type { Resource } from "../model/resource.ts";
import { lockInstallation } from "../store/locks.ts";
import { listResources } from "../store/resources.ts";
import { addResource, ensureInstallation } from "./resources.ts";

/** A place to make whose issues live in this host. */
export interface NewHostPlace {
  readonly teamId: string;
  /** Whose words and keys its issues have. */
  readonly provider: HostedProvider;
  readonly name: string;
  /** Prefix of its issues' keys, or the path of a repository. */
  readonly key: string;
}

/** Most characters of a name. */
export const MOST_NAME_CHARACTERS = 80;

const KEYS: Readonly<Record<HostedProvider, { readonly form: RegExp; readonly example: string }>> =
  {
    linear: { form: /^[A-Z][A-Z0-9]{0,9}$/, example: "ENG" },
    jira: { form: /^[A-Z][A-Z0-9]{0,9}$/, example: "ENG" },
    github: { form: /^[\w.-]{1,39}\/[\w.-]{1,100}$/, example: "acme/web" },
    gitlab: { form: /^[\w.-]{1,100}(\/[\w.-]{1,100}){1,5}$/, example: "acme/web" },
  };

/**
 * Makes a place whose issues live in this host.
 *
 * @throws {TrackerError} `admin_only`, `invalid_place`; its details name the field.
 */
export async function createHostPlace(
  context: HostContext,
  actor: Actor,
  { teamId, provider, name, key }: NewHostPlace,
): Promise<Resource> {
  if (name === "" || name.length > MOST_NAME_CHARACTERS) {
    throw invalidPlace(
      "name",
      `A place needs a name of at most ${MOST_NAME_CHARACTERS} characters`,
    );
  }
  const { form, example } = KEYS[provider];
  if (!form.test(key)) {
    throw invalidPlace("key", `"${key}" is no key of ${provider}; one looks like ${example}`);
  }
  return await inTransaction(context, async (context) => {
    await requireAdmin(context, actor, teamId);
    const installation = await ensureInstallation(context, teamId, provider);
    await lockInstallation(context.store, installation.id);
    const others = await listResources(context.store, installation.id);
    const held = others.find((other) => other.key.toLowerCase() === key.toLowerCase());
    if (held !== undefined) {
      throw invalidPlace("key", `The place "${held.label}" has the key "${held.key}" already`);
    }
    const label = key.includes("/") ? key : `${name} (${key})`;
    const made = await addResource(context, installation, {
      ...providerOf(provider).importedPlace(name, key),
      provider,
      externalId: context.newId("place"),
      key,
      name,
      label,
      context: { workspace_name: name },
    });
    const details = { provider, key };
    await audit(context, { actor, teamId, action: "place.add", target: label, details });
    return made;
  });
}

function invalidPlace(field: "name" | "key", message: string): TrackerError {
  return new TrackerError({
    code: "invalid_place",
    message,
    nextAction: "Change it, then try again.",
    details: { field },
  });
}
