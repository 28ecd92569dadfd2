import { StorageFault } from '../storage-fault.ts';

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const STATES: ReadonlyMap<string, string> = new Map([
  ['25006', 'The database server takes no changes: it is a standby, or set to read-only.'],
  [
    '28000',
    'The database server does not let this user in from here: its pg_hba.conf decides that. If it wants TLS, add ?sslmode=require to DATABASE_URL.',
  ],
  ['28P01', 'The database server refused the user name or the password of DATABASE_URL.'],
  ['3D000', 'The database server has no database of the name in DATABASE_URL. Create it, or correct the name.'],
  ['42501', 'The user of DATABASE_URL lacks a right in this database. Make it the owner: ALTER DATABASE … OWNER TO …'],
  ['53100', 'The disk of the database server is full.'],
  ['53200', 'The database server had not enough memory to store it.'],
  ['53300', 'The database server takes no more connections. Raise its max_connections, or close others; Pilotlight needs up to 6.'],
  ['55P03', 'Another program holds what was to be changed in the database.'],
  ['57014', 'The database server took too long; what was asked of it was given up.'],
  ['57P03', 'The database server is starting or stopping.'],
  ['58030', 'The disk of the database server reported an error.'],
  ['XX001', 'The database server says that its data are damaged. Restore them from a backup.'],
  ['XX002', 'The database server says that an index of it is damaged. REINDEX mends it.'],
]);

const NETWORK: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nothing listens there'],
  ['ENOTFOUND', 'there is no such host'],
  ['EAI_AGAIN', 'the name of the host cannot be looked up now'],
  ['ETIMEDOUT', 'it did not answer in time'],
  ['EHOSTUNREACH', 'there is no way to it'],
  ['ENETUNREACH', 'there is no way to it'],
  ['ECONNRESET', 'it closed the connection'],
  ['EPIPE', 'it closed the connection'],
  ['ENOENT', 'there is no such socket'],
  ['EACCES', 'the socket may not be opened: permission denied'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is its own, and nobody vouches for it'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not vouched for by an authority that is known; name it by sslrootcert'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is not vouched for by an authority that is known; name it by sslrootcert'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate is not vouched for by an authority that is known; name it by sslrootcert'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
]);

/** What the driver says without a code. */
const DRIVER: readonly (readonly [RegExp, string])[] = [
  [/Connection terminated|Client has encountered a connection error|Client was closed|not queryable/, 'the connection ended'],
  [/timeout/i, 'it did not answer in time'],
  [/does not support SSL/, 'it knows no TLS; take sslmode out of DATABASE_URL'],
  [/password must be a string|SASL/, 'it wants a password, and DATABASE_URL has none'],
];

/** Any error of the driver as a fault, in words for people. `place` is where the server is, as `at HOST:PORT`. */
export function toPostgresFault(error: unknown, place: string): StorageFault {
  if (error instanceof StorageFault) return error;
  const words = STATES.get(codeOf(error)) ?? unreachableWords(error, place);
  if (words !== undefined) return new StorageFault('storage_unavailable', words, { cause: error });
  return new StorageFault('internal_error', 'The database refused a statement.', { cause: error });
}

/** Whether the connection is of no more use: then what was under way was not done, or was done with nobody hearing of it. */
export function isConnectionLost(error: unknown): boolean {
  return /^(57P0[1-5]|08...)$/.test(codeOf(error)) || unreachableWords(error, '') !== undefined;
}

function unreachableWords(error: unknown, place: string): string | undefined {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : '';
  const why = /^57P0[125]$/.test(code)
    ? 'it ended the connection'
    : (NETWORK.get(code) ?? (code === '' || code.startsWith('08') ? DRIVER.find(([pattern]) => pattern.test(message))?.[1] : undefined));
  return why === undefined ? undefined : `The database server ${place} cannot be reached: ${why}.`;
}

/** A failed attempt at several addresses of one host carries its errors within. */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (typeof code === 'string') return code;
  return error instanceof AggregateError && error.errors.length > 0 ? codeOf(error.errors[0]) : '';
}
