import { networkInterfaces } from 'node:os';
import type { RelaySettings } from './config/settings.js';

/**
 * Addresses under which people reach the relay.
 *
 * @returns for each address of this machine one URL of the relay's root, with final slash, best first
 */
export function relayUrls({ host, port, basePath }: RelaySettings): string[] {
  const everywhere = host === '::' || host === '0.0.0.0';
  const hosts = everywhere ? lanAddresses() : [host];
  return hosts.map(
    (address) => `http://${address.includes(':') ? `[${address}]` : address}:${port}${basePath}/`,
  );
}

/** IPv4 addresses of this machine that others can reach, or its own when there is none. */
function lanAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const reachable = all.filter((address) => address.family === 'IPv4' && !address.internal);
  return reachable.length > 0 ? reachable.map((address) => address.address) : ['127.0.0.1'];
}
