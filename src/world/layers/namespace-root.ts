import { readFileSync } from 'node:fs';

/** Whether this process is root of a user namespace only (user_namespaces(7)). */
export function isNamespaceRoot(): boolean {
  return !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'latin1'));
}
