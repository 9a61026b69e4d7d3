/** Why a server's certificate was not accepted. */
export type CertificateFault =
  /** No authority that this machine trusts has signed it. */
  | "issuer"
  /** It is for other names. */
  | "name"
  /** Its time is over. */
  | "expired"
  /** Its time has yet to come. */
  | "future"
  /** It is that of an authority, which no server may show as its own. */
  | "authority"
  | "other";

/**
 * Returns what is wrong with the certificate that a failed request has met; `null` when the failure has nothing to do
 * with one. The runtime says it in words alone, somewhere down the causes.
 */
export function certificateFault(error: unknown): CertificateFault | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const said = /invalid peer certificate: (.*)/.exec(at.message)?.[1];
    if (said !== undefined) return FAULTS.find(([word]) => word.test(said))?.[1] ?? "other";
  }
  return null;
}

const FAULTS: readonly (readonly [RegExp, CertificateFault])[] = [
  [/UnknownIssuer/, "issuer"],
  [/NotValidForName|not valid for name/, "name"],
  [/NotValidYet|not valid yet/, "future"],
  [/Expired|expired/, "expired"],
  [/CaUsedAsEndEntity/, "authority"],
];
