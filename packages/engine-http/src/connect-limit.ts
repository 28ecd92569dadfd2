/** How long a connection to this machine, and to another one, may take to be there. */
const LOOPBACK_MS = 2_000;
const REMOTE_MS = 10_000;

/** An address of this machine: what its server loads takes of the same memory, and its connection is there at once or never. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** How long to wait for a connection to this address. Beyond this machine a packet may be lost, and the one after it, which are sent again after 1 s, 3 s and 7 s. */
export function connectLimitMs(address: string): number {
  return isLoopback(new URL(address).hostname) ? LOOPBACK_MS : REMOTE_MS;
}
