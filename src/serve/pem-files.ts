import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ExitCode, FaultscopeError } from '../errors.js';
import { safeText } from '../text/safe.js';
import type { TlsFiles } from './config.js';

export interface Keys {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2';
}

/** A certificate and its key. Throws FaultscopeError (exit 2) where they are none. */
export function readKeys({ cert, key }: TlsFiles): Keys {
  const keys = { cert: readPem(cert), key: readPem(key), minVersion: 'TLSv1.2' } as const;
  try {
    createSecureContext(keys);
  } catch (error) {
    throw unsound(`${cert} and ${key} are no certificate and its key`, error);
  }
  return keys;
}

/** The certificate of an authority. Throws FaultscopeError (exit 2) where it is none. */
export function readAuthority(path: string): Buffer {
  const pem = readPem(path);
  try {
    new X509Certificate(pem);
  } catch (error) {
    throw unsound(`${path} is no certificate`, error);
  }
  return pem;
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unsound(`${path} cannot be read`, error);
  }
}

function unsound(message: string, error: unknown): FaultscopeError {
  const hint = safeText(error instanceof Error ? error.message : String(error));
  return new FaultscopeError({ exitCode: ExitCode.usage, message: safeText(message), hint });
}
