import type { HostContext } from "../context/host_context.ts";
import { placesInHost, setPlaceUrl } from "../store/team_places.ts";
import { hostSetting, setHostSetting } from "../store/settings.ts";

/**
 * Notes where people reach this host, and gives the places whose issues live here an address there. Issues that are made
 * from then on lead to their pages.
 */
export async function notePublicUrl(context: HostContext, publicUrl: string): Promise<void> {
  const { store } = context;
  const before = await hostSetting(store, "public_url");
  await setHostSetting(store, "public_url", publicUrl);
  for (const { id, url } of await placesInHost(store)) {
    const isOurs = isSample(url) || before !== null && url === addressOf(before, id);
    if (isOurs) await setPlaceUrl(store, id, addressOf(publicUrl, id));
  }
}

/** Returns where people reach this host, without a slash at its end; `null` while nobody has told it. */
export async function publicUrlOf({ store }: HostContext): Promise<string | null> {
  return await hostSetting(store, "public_url");
}

/** Returns the address of a new place whose issues live in this host: `given` where it leads somewhere, or none is known. */
export async function placeUrl({ store }: HostContext, id: string, given: string): Promise<string> {
  const publicUrl = isSample(given) ? await hostSetting(store, "public_url") : null;
  return publicUrl === null ? given : addressOf(publicUrl, id);
}

function addressOf(publicUrl: string, id: string): string {
  return `${publicUrl}/issues/${id}`;
}

/** An address that a place without a tracker has: it leads nowhere (RFC 2606). */
function isSample(url: string): boolean {
  return /^https:\/\/[a-z]+\.invalid\//.test(url);
}
