import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AuthConfig } from './config.js';
import { readSecret } from './secret-file.js';

/** Says whether an Authorization header is the one that is asked for. */
export interface Authorization {
  allows(header: string | undefined): boolean;
  /** For WWW-Authenticate. */
  readonly challenge: string;
}

/** Reads the secret. Throws FaultscopeError (exit 2) where it cannot be had. */
export function authorizationOf(config: AuthConfig | null): Authorization | null {
  if (config === null) return null;
  const secret = readSecret(config.file);
  if (config.kind === 'token') return { ...demands(`Bearer ${secret}`), challenge: 'Bearer' };
  const credentials = Buffer.from(`${config.user}:${secret}`).toString('base64');
  return { ...demands(`Basic ${credentials}`), challenge: 'Basic realm="faultscope", charset="UTF-8"' };
}

/** Compares digests under a key of this run: how long it takes tells nothing of the secret, nor of its length. */
function demands(wanted: string): Pick<Authorization, 'allows'> {
  const key = randomBytes(32);
  const digest = (text: string) => createHmac('sha256', key).update(text).digest();
  const expected = digest(wanted);
  return { allows: (header) => timingSafeEqual(digest(normalized(header ?? '')), expected) };
}

/** The scheme's name is in any case (RFC 9110, 11.1). */
function normalized(header: string): string {
  const match = /^(bearer|basic) +(.*)$/i.exec(header);
  if (match === null) return '';
  const [, scheme = '', rest = ''] = match;
  return `${scheme.charAt(0).toUpperCase()}${scheme.slice(1).toLowerCase()} ${rest}`;
}
