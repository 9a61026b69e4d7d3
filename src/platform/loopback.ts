/** Returns whether a host name is this machine: 127.0.0.0/8, `localhost` or `::1`, in brackets as in a URL or without. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/.test(hostname);
}
