/** An address that a browser can go to, with the host that a person should see before. */
export interface WebLink {
  readonly url: string;
  readonly host: string;
}

/** Names that are reserved and never lead anywhere: RFC 2606 and RFC 6761. */
const RESERVED = /(?:^|\.)(?:invalid|example|test|localhost)$|(?:^|\.)example\.(?:com|net|org)$/;

const LONGEST_ADDRESS = 2_000;

/**
 * The link to an address from a tracker; `null` where there is none that works: only `http` and `https`, never code,
 * a name in front of the host, or a name that is reserved.
 */
export function webLink(address: string | null | undefined): WebLink | null {
  if (address == null || address.length > LONGEST_ADDRESS || !URL.canParse(address)) return null;
  const { protocol, href, host, hostname, username, password } = new URL(address);
  if (protocol !== "https:" && protocol !== "http:") return null;
  if (username !== "" || password !== "") return null;
  const name = hostname.replace(/\.$/, "");
  // Plain `localhost` is this machine, where a tracker may well run.
  return name !== "localhost" && RESERVED.test(name) ? null : { url: href, host };
}
