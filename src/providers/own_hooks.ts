/** Where a provider is to send, and how it is known again. */
export interface WebhookTarget {
  readonly url: string;
  /** What is sent there is signed with it. */
  readonly secret: string;
  /** Returns whether a webhook leads to a connection of the same host that is gone; none does unless given. */
  readonly isStale?: ((url: string) => boolean) | undefined;
}

/** Where the paths of webhooks begin, below the address of a host. */
const PATHS = "/webhooks/";

/**
 * Returns whether a webhook leads where a target does, whatever the host was called when it was registered: the end of
 * the path names the connection, which no other host has.
 */
export function leadsTo(address: string | null, url: string): boolean {
  return address !== null && (address === url || endOf(address) === endOf(url));
}

/** What follows the address of the host; the whole where there is no such path. */
function endOf(address: string): string {
  const at = URL.parse(address)?.pathname.lastIndexOf(PATHS) ?? -1;
  return at === -1 ? address : address.slice(address.lastIndexOf(PATHS));
}

/**
 * Chooses among the webhooks of a place the one to write: that of the target, also where it leads to an earlier address
 * of the host, else one that leads nowhere any more. `others` are those that are to go.
 */
export function chooseHook<T extends { readonly url: string | null }>(
  hooks: readonly T[],
  { url, isStale = () => false }: Pick<WebhookTarget, "url" | "isStale">,
): { readonly known: T | null; readonly others: readonly T[] } {
  const own = hooks.filter((hook) => hook.url === url);
  const earlier = hooks.filter((hook) => hook.url !== url && leadsTo(hook.url, url));
  const stale = hooks.filter((hook) =>
    hook.url !== null && !leadsTo(hook.url, url) && isStale(hook.url)
  );
  const [known = null, ...others] = [...own, ...earlier, ...stale];
  return { known, others };
}
