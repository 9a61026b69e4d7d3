/** Where a provider is to send, and how it is known again. */
export interface WebhookTarget {
  readonly url: string;
  /** What is sent there is signed with it. */
  readonly secret: string;
  /** Returns whether a webhook leads to a connection of the same host that is gone; none does unless given. */
  readonly isStale?: ((url: string) => boolean) | undefined;
}

/**
 * Chooses among the webhooks of a place the one to write: that of the target, else one that leads nowhere any more.
 * `others` are those that are to go.
 */
export function chooseHook<T extends { readonly url: string | null }>(
  hooks: readonly T[],
  { url, isStale = () => false }: Pick<WebhookTarget, "url" | "isStale">,
): { readonly known: T | null; readonly others: readonly T[] } {
  const stale = hooks.filter((hook) => hook.url !== null && hook.url !== url && isStale(hook.url));
  const own = hooks.filter((hook) => hook.url === url);
  const [known = null, ...others] = [...own, ...stale];
  return { known, others };
}
