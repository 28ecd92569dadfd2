import { StorageFault } from '../storage-fault.ts';

/** What `DATABASE_URL` says. */
export interface DatabaseAddress {
  /** A name, a number, or the folder of a socket. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** `none`: no TLS. `unchecked`: TLS with whoever answers. `authority`: its certificate is checked, `name`: and its name. */
  readonly tls: 'none' | 'unchecked' | 'authority' | 'name';
  /** A file with the certificates to be trusted, in place of the usual ones. */
  readonly certificates: string | undefined;
}

const TLS = { disable: 'none', require: 'unchecked', 'verify-ca': 'authority', 'verify-full': 'name' } as const;

/** Reads the address. Throws a fault whose words repeat nothing of it. */
export function toDatabaseAddress(text: string): DatabaseAddress {
  const url = URL.parse(text);
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw refused('it must look like postgres://USER:PASSWORD@HOST:5432/DATABASE, with what is not a letter or digit in a password as %HH');
  }
  const { searchParams: options } = url;
  for (const name of options.keys()) {
    if (!['sslmode', 'sslrootcert', 'host'].includes(name))
      throw refused('of the options after "?" only sslmode, sslrootcert and host are known');
  }
  const mode = options.get('sslmode') ?? 'disable';
  if (!isMode(mode)) throw refused(`sslmode must be one of ${Object.keys(TLS).join(', ')}`);
  return {
    host: options.get('host') ?? (decoded(url.hostname.replaceAll(/^\[|\]$/g, '')) || undefined),
    port: url.port === '' ? undefined : Number(url.port),
    user: decoded(url.username) || undefined,
    password: decoded(url.password) || undefined,
    database: decoded(url.pathname.slice(1)) || undefined,
    tls: TLS[mode],
    certificates: options.get('sslrootcert') ?? undefined,
  };
}

/** Where it is, in words that hold no secret. */
export function toPlace({ host = 'localhost', port = 5432 }: DatabaseAddress): string {
  return host.startsWith('/') ? `in ${host}` : `at ${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function isMode(mode: string): mode is keyof typeof TLS {
  return Object.hasOwn(TLS, mode);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused('a % in it must be followed by two digits of the character; a % itself is %25');
  }
}

function refused(why: string): StorageFault {
  return new StorageFault('storage_unavailable', `DATABASE_URL cannot be used: ${why}.`);
}
