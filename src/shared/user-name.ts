import { userInfo } from 'node:os';

/** Who runs this. A user without a name (in a container, for example) is told by number. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
