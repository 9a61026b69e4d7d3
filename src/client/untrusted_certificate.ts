import { type CertificateFault, certificateFault } from "../platform/certificate_fault.ts";
import { TrackerError } from "../platform/tracker_error.ts";

/** A host whose certificate is not accepted; `null` when `error` has nothing to do with one. */
export function untrustedCertificate(error: unknown, origin: string): TrackerError | null {
  const fault = certificateFault(error);
  if (fault === null) return null;
  const { reason, nextAction } = WORDING[fault];
  return new TrackerError({
    code: "untrusted_certificate",
    message: `Cannot connect to the tracker host at ${origin}: ${reason}`,
    nextAction,
    details: { origin, fault },
    cause: error,
  });
}

const WORDING: Readonly<
  Record<CertificateFault, { readonly reason: string; readonly nextAction: string }>
> = {
  issuer: {
    reason: "its certificate is signed by no authority that is trusted here",
    nextAction:
      "Set `DENO_TLS_CA_STORE=system` when your system trusts it, or `DENO_CERT` to the PEM " +
      "file of the authority that has signed it.",
  },
  name: {
    reason: "its certificate is for another name",
    nextAction: "Check the host URL: it must hold a name that the certificate is for.",
  },
  expired: {
    reason: "its certificate has expired",
    nextAction: "Check the date of this machine, then ask those who run the host to renew it.",
  },
  future: {
    reason: "its certificate is not valid yet",
    nextAction: "Check the date of this machine.",
  },
  authority: {
    reason: "its certificate is that of an authority, which no host may use as its own",
    nextAction: "Give the host a certificate with `CA:FALSE`, signed by that authority, and set " +
      "`DENO_CERT` to the authority's PEM file.",
  },
  other: {
    reason: "its certificate is invalid",
    nextAction: "Ask those who run the host to check its certificate.",
  },
};
