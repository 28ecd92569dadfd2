import { networkInterfaces } from 'node:os';

/** The addresses of this machine, without the zones of link-local ones. */
export function interfaceAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .map((entry) => entry.address.replace(/%.*$/, ''));
}
